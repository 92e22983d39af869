"""The C header, held against a C and a C++ compiler."""

import shutil
import subprocess

import pytest

from pnas_kit.deploy.c_array import c_header

CARD = {
    "title": "Digits */ int broken; /*",
    "licence": "CC BY 4.0 \\",
    "citation": "Alpaydin 1998",
    "classes": ("zero", "one"),
}
MODEL = bytes(range(256)) + b"\x00\xff\x7f"
PROGRAM = r"""
#include <stdio.h>
#include "model_data.h"
int main(void) {
  printf("%u %u %u\n", (unsigned)MODEL_DATA_LENGTH, (unsigned)MODEL_DATA_ARENA_BYTES,
         (unsigned)((unsigned long)(size_t)model_data % 16));
  for (unsigned i = 0; i < MODEL_DATA_LENGTH; i++) printf("%02x", model_data[i]);
  return 0;
}
"""


@pytest.mark.parametrize("compiler, standard, suffix", [("gcc", "c11", "c"), ("g++", "c++11", "cc"), ("g++", "c++20", "cc")])
def test_header_compiles_and_holds_the_model(tmp_path, compiler, standard, suffix):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    (tmp_path / "model_data.h").write_text(c_header(MODEL, "model_data", 1001, CARD))
    (tmp_path / f"main.{suffix}").write_text(PROGRAM)
    flags = ["-Wall", "-Wextra", "-Werror", f"-std={standard}", f"main.{suffix}", "-o", "main"]
    subprocess.run([compiler, *flags], cwd=tmp_path, check=True, capture_output=True)
    said = subprocess.run([tmp_path / "main"], check=True, capture_output=True, text=True).stdout
    assert said == f"259 1008 0\n{MODEL.hex()}"


def test_header_names_licence_and_classes():
    text = c_header(MODEL, "net", 4096, CARD)
    assert "CC BY 4.0" in text and "Output 1: one" in text and "#define NET_ARENA_BYTES 4096u" in text


@pytest.mark.parametrize(
    "name, arena, model", [("2net", 10, MODEL), ("a b", 10, MODEL), ("net", 0, MODEL), ("net", 10, b"")]
)
def test_what_makes_no_header_is_refused(name, arena, model):
    with pytest.raises(ValueError, match="expected"):
        c_header(model, name, arena, CARD)
