"""What a page costs its server: time and memory of a kernel that shows the workbench.

    python benchmarks/page_cost.py

Each figure is of a fresh process that does what a page's kernel does, without the kernel's own part: processor time (on a
busy machine wall time says little), and memory once the samples of the first data set are drawn. Then what a look at a
training costs, of which there are four a second: five prototypes of 100 epochs, a new epoch every twentieth look.
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
LOOK = """
import json, shutil, sys, tempfile, time, psutil
from dataclasses import asdict
from pathlib import Path
from pnas_kit.runs import Run, Status, recorded
from widgets.workbench import Workbench
LOOKS, opened = 200, 0
def count(event, arguments):
    global opened
    opened += event == "open"
with tempfile.TemporaryDirectory() as root:
    run = Run(shutil.copytree(recorded("digits").path, Path(root) / "run"))
    me = psutil.Process()
    status = Status(phase="train", state="running", pid=me.pid, started=me.create_time())
    (run.path / "status.json").write_text(json.dumps(asdict(status)))
    logs = [run.prototype(number) / "epochs.jsonl" for number in run.picks]
    for log in logs:
        line = log.read_text().splitlines()[0]
        log.write_text(100 * (line + chr(10)))
    workbench = Workbench()
    workbench.show_run(run)
    with workbench.state.lock:
        sys.addaudithook(count)
        start = time.thread_time()
        for look in range(LOOKS):
            if look % 20 == 19:
                with logs[look // 20 % len(logs)].open("a") as file:
                    file.write(line + chr(10))
                opened -= 1
            workbench._watch.read(run)
        spent = time.thread_time() - start
        took = f"{1000 * spent / LOOKS:.1f} ms, {opened / LOOKS:.1f} files opened or looked for"
        print(f"a look at {len(logs)} trainings of 100 epochs: {took}")
    workbench.close()
"""


def main() -> None:
    print(f"processor time, three processes one after the other, load {os.getloadavg()[0]:.1f}")
    for _ in range(3):
        subprocess.run([sys.executable, "-c", CODE], check=True)
    subprocess.run([sys.executable, "-c", LOOK], check=True)


if __name__ == "__main__":
    main()
