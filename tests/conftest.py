import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # for tiny nets a second thread costs more than it gives
sys.path.insert(0, str(Path(__file__).parent))  # `nets`, shared by several rooms
