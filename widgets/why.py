"""What every control is for, in a line: the texts of the explain mode."""

from __future__ import annotations

import re

CONTROLS = {
    # the header
    "Light / dark": "Easier on eyes or projector.",
    # runs
    "Compare the two": "What another budget or seed brought, side by side.",
    "New run": "Begin again; the run on show stays as it is.",
    "Close": "Back to the step that you came from.",
    "Report of the whole run": "One page with every figure, to keep or to send.",
    # 1 task
    "Look at a recorded search": "A finished search to play with, where you have none yet.",
    "More: the paper's own sets (bring your copy), the UCR and UEA archives": "The other data sets, too many for cards.",
    "Your own data…": "Pictures, sound, recordings or tables of your own instead.",
    "Choose a file": "A file, or a folder as .zip, from the computer that you sit at.",
    "Path on this computer": "Or where the files lie on the computer that runs this page.",
    "Look at it": "Shows what was understood of the files, before anything is kept.",
    "Name": "What to call it in lists.",
    "Use this data": "Keeps the data set here and chooses it.",
    "Picture side, pixels": "Smaller pictures make smaller and faster networks.",
    "Colour": "Grey needs a third of the memory of RGB at the input.",
    "Format": "What the files are, if it was not told from them.",
    "Order of axes": "Which axis counts samples, rows, columns and channels.",
    "Window, samples": "How much of a recording the network sees at once.",
    "Step, samples": "How far the next window lies from the last one.",
    "Label column": "The column that says what was going on.",
    "Person column": "Nobody may be in both training and test, or the score flatters.",
    "Time column": "It gives the samples a second, and must not be learnt from like a sensor.",
    "Samples a second": "How often the sensor measured.",
    "Features": "What of the sound the network sees.",
    "Clip, seconds": "How much sound one decision rests on.",
    "Tile, pixels": "Large pictures are cut into squares of this side.",
    "For testing, %": "Held back: no training sees it, every final score is taken on it.",
    "Core": "The processor decides how long a multiplication takes.",
    "Clock, MHz": "Twice the clock is half the time.",
    "RAM, KiB": "What the network's feature maps may take while it computes.",
    "Flash, KiB": "What its weights may take.",
    "Compute, M MACs": "Multiplications in one inference: they decide time and energy.",
    "Runs with": "The same network needs other memory and time with another engine.",
    "Weights": "Half the bits, half the flash; some accuracy may be lost.",
    "Kept boards": "Boards of your own that you kept.",
    "Keep this board": "Kept under its name for later runs.",
    "Forget it": "Out of the list; its runs stay.",
    "Continue to search": "Next: networks that fit this board.",
    # 2 search
    "Candidates": "More tries find better networks, with ever smaller gains.",
    "Workers": "Candidates evaluated at the same time; one for each processor core is best.",
    "Seed": "The same seed gives the same search again.",
    "Training epochs": "How often a prototype sees all training samples later on.",
    "Teacher": "A large network whose answers tell which classes come near; it takes long to train.",
    "Advanced settings": "For those who have a cluster or a database.",
    "Dask scheduler": "Other computers evaluate and train.",
    "PostgreSQL database": "The search is recorded there instead of in a file.",
    "Under way at once": "A cluster with many workers wants more at once.",
    "Start search": "Scores untrained networks: seconds instead of hours each.",
    "Continue": "Goes on after the last candidate; nothing is done twice.",
    "Pause": "Rests, and keeps its place.",
    "Stop": "Ends the work; what is finished is kept.",
    "Replay": "How the search went, once more, without computing it.",
    "Choose prototypes": "Next: pick the few that are worth a training.",
    # 3 choose
    "Best under my budget": "One candidate that needs no more than you allow, with the reason.",
    "Add it": "The recommended candidate joins the prototypes.",
    "Show only these": "Hides in the chart what needs more than you allow.",
    "Use the proposal": "The few that together cover the front best.",
    "Clear": "Takes all of them out again.",
    "Train these": "Next: find out how good they really are.",
    # 4 train
    "Start training": "Only training shows the true accuracy; it takes the longest.",
    "Go to the models": "Next: the files for your board.",
}
"""By the label that a field or button has when it is made."""

PLACES = {
    ".pn-steps": ("The way goes from left to right; you may walk back at any time.", ("step",)),
    ".pn-run-table": (
        "A run is a folder with everything that was found; nothing is deleted without a question.",
        ("open", "resume", "rename", "title", "delete", "remove", "cancel", "mark", "report", "all", "toggle"),
    ),
    ".pn-compared": ("Only runs for the same data and in the same units can be compared.", ("back",)),
    ".pn-notice": ("What changed, and the way back.", ("act",)),
    ".pn-sets": ("What the device shall tell apart; the search adapts to its inputs.", ("data", "fetch", "forget")),
    ".pn-cards-board": ("The chip sets the limits that no network may exceed.", ("board",)),
    ".pn-front [role=tablist]": ("Five views of the same candidates; a filter in one holds in all.", ()),
    ".pn-tray-bar": ("Where in a network the work is done, or where its weights lie.", ("shares",)),
    ".pn-picks": ("Each bar is a share of the budget; × takes one out.", ("drop", "compare")),
    ".pn-sliders": ("What your program leaves for the network.", ("limit",)),
    ".pn-trainings": ("Accuracy should rise and loss fall; Stop ends one without the others.", ("skip", "unskip")),
    ".pn-cards-outcome": ("Look at where a network errs before you trust its accuracy.", ("outcome",)),
    ".pn-files": ("The same network as a file, as C, and as a project.", ("file",)),
    ".pn-doing": ("Where memory and time go; and a proof that the C computes the same.", ("costs", "emulate", "halt")),
    ".pn-code-panel": ("The same step without this page: paste it into a notebook.", ()),
    ".pn-alert > div": ("Nothing that was finished is lost.", ("dismiss",)),
}
"""By where on the page (a CSS selector): the text, and the actions of the parts drawn there."""


def slug(label: str) -> str:
    """A label as part of a class name."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
