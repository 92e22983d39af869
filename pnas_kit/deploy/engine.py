"""The one place where the TFLite runtimes and the schema are imported.

tflite-runtime and tflite-micro have wheels for Linux only; elsewhere ai-edge-litert gives the interpreter and
the schema, and the TFLite Micro figures are missing.
"""

from types import ModuleType

import numpy as np


class RuntimeMissing(RuntimeError):
    """A runtime that this machine lacks or cannot use; the text says what to do."""


def interpreter_module() -> ModuleType:
    """The module with `Interpreter` and `OpResolverType`.

    Raises:
        RuntimeMissing: neither wheel is installed, or tflite-runtime meets a NumPy it was not built for.
    """
    try:
        from tflite_runtime import interpreter
    except ImportError:
        try:
            from ai_edge_litert import interpreter
        except ImportError:
            raise RuntimeMissing(
                "running a .tflite file needs tflite-runtime (Linux) or ai-edge-litert, and neither is "
                "installed: run `pip install tflite-runtime` or `pip install ai-edge-litert`"
            ) from None
        return interpreter
    _check_numpy()
    return interpreter


def _check_numpy() -> None:
    # tflite-runtime's metadata has no upper bound and its import succeeds under NumPy 2; only the constructor
    # fails, with a SystemError that names neither package.
    if int(np.__version__.split(".")[0]) >= 2:
        raise RuntimeMissing(
            f"tflite-runtime 2.14 was built for NumPy 1, but NumPy {np.__version__} is installed: "
            "run `pip install 'numpy<2'`"
        )


def schema_module() -> ModuleType:
    """The generated TFLite schema: table builders such as `TensorStart`, enumerations such as `TensorType`.

    Raises:
        RuntimeMissing: neither package that carries the schema is installed.
    """
    try:
        from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema
    except ImportError:
        try:
            from ai_edge_litert import schema_py_generated as schema
        except ImportError:
            raise RuntimeMissing(
                "writing a .tflite file needs the schema of tflite-micro (Linux) or ai-edge-litert, and neither "
                "is installed: run `pip install --pre tflite-micro` or `pip install ai-edge-litert`"
            ) from None
    return schema


def micro_module() -> ModuleType:
    """TFLite Micro's Python binding, with `Interpreter`.

    Raises:
        RuntimeMissing: no tflite-micro wheel here (there are none for Windows and macOS).
    """
    try:
        from tflite_micro.python.tflite_micro import runtime
    except ImportError:
        raise RuntimeMissing(
            "TFLite Micro is not installed, so the arena cannot be measured here; on Linux run "
            "`pip install --pre tflite-micro` (there is no wheel for Windows or macOS)"
        ) from None
    return runtime
