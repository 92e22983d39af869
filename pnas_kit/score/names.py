"""What the proxies are called where people read them; importing it loads no torch."""

TITLES = {
    "zen_mean": "Zen per layer",
    "zen": "Zen-score",
    "zico": "ZiCo",
    "synflow": "SynFlow",
    "jacob_cov": "Jacobian covariance",
    "naswot": "NASWOT",
    "meco": "MeCo",
    "snip": "SNIP",
    "gradnorm": "Gradient norm",
}
