"""What a page costs its server: time and memory of a kernel that shows the workbench.

    python benchmarks/page_cost.py

Each figure is of a fresh process that does what a page's kernel does, without the kernel's own part: processor time (on a
busy machine wall time says little), and memory once the samples of the first data set are drawn.
"""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
import sys, time, psutil
from widgets import Workbench
me = psutil.Process()
imported = sum(me.cpu_times()[:2])
workbench = Workbench()
while not workbench.steps["task"]._pictures:
    time.sleep(0.05)
spent, memory = sum(me.cpu_times()[:2]), me.memory_full_info()
print(f"import {imported:.2f} s, with the first page drawn {spent:.2f} s; resident {memory.rss / 2**20:.0f} MiB, of its own "
      f"{memory.uss / 2**20:.0f} MiB; {len(sys.modules)} modules")
"""


def main() -> None:
    print(f"processor time, three processes one after the other, load {os.getloadavg()[0]:.1f}")
    for _ in range(3):
        subprocess.run([sys.executable, "-c", CODE], check=True)


if __name__ == "__main__":
    main()
