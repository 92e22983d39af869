"""The workbench's sign, as SVG."""

LOGO = (
    '<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="7"/>'
    '<path d="M7 24C9 14 14 9 25 7"/><circle cx="8" cy="22" r="3"/><circle class="pn-chosen" cx="14" cy="12.5" r="3"/>'
    '<circle cx="24" cy="7.5" r="3"/></svg>'
)
