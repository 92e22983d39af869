"""Who may enter: everybody with the class's token, and to the class view only who has the instructor's."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider, User
from traitlets import Unicode

INSTRUCTOR = "instructor"
CLASS_NOTEBOOK = "class.ipynb"


@dataclass(frozen=True)
class Tokens:
    """The word for everybody, and the one for the class view."""

    everybody: str
    instructor: str

    @property
    def cookie_secret(self) -> bytes:
        """What login cookies are signed with: the same after a restart with the same tokens, so that pages come back."""
        return hashlib.sha256(f"workbench {self.everybody} {self.instructor}".encode()).digest()


class Doorkeeper(PasswordIdentityProvider):
    """Voilà's check of tokens, with a second token that tells the instructor apart."""

    instructor_token = Unicode().tag(config=True)

    async def get_user_token(self, handler: Any) -> User | None:
        """The user that the token in a request's address or header makes; None where it is neither."""
        if self._is_instructors(self.get_token(handler)):
            return User(INSTRUCTOR)
        return await super().get_user_token(handler)

    def process_login_form(self, handler: Any) -> User | None:
        """The user that a token typed into the login page makes; None where it is neither."""
        if self._is_instructors(handler.get_argument("password", default="")):
            return User(INSTRUCTOR)
        return super().process_login_form(handler)

    def teaches(self, user: User | None) -> bool:
        """Whether a user may see the class view; on a server without tokens everybody may."""
        return not self.auth_enabled or (user is not None and user.username == INSTRUCTOR)

    def _is_instructors(self, given: str | None) -> bool:
        known = self.instructor_token.encode()
        return bool(known) and hmac.compare_digest((given or "").encode(), known)


def is_class_view(path: str, root: Path) -> bool:
    """Whether the path of a page, as a browser asks for it, is that of the class view, however it is spelt."""
    if CLASS_NOTEBOOK in path.casefold():
        return True
    try:
        return (root / path.strip("/\\")).samefile(root / CLASS_NOTEBOOK)
    except (OSError, ValueError):
        return False
