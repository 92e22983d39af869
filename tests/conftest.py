import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # the nets are tiny, and threads that wait for each other cost more than they give
sys.path.insert(0, str(Path(__file__).parent))  # `nets`, shared by several rooms
