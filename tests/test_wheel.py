"""The wheel alone is the product: installed outside the checkout it serves, with all that belongs to it."""

import re
import subprocess
import sys
import sysconfig
import urllib.request
from pathlib import Path

from tests.instance import Instance

ROOT = Path(__file__).parent.parent


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel in a new environment and return its ``recruitment`` command.

    The dependencies are those of this environment: what is asked here is whether the wheel itself is whole.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = str(folder / "bin" / "python")
    install = ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", python, *install], check=True)
    packages = next((folder / "lib").glob("python*/site-packages"))
    # A path alone: this environment's own link to the checkout is not followed.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    where = [python, "-c", "import recruitment; print(recruitment.__file__)"]
    found = subprocess.run(where, check=True, capture_output=True, text=True, cwd=folder).stdout
    assert found.startswith(str(packages))
    return folder / "bin" / "recruitment"


def get(url: str, language: str = "zh") -> tuple[int, str, str]:
    wanted = urllib.request.Request(url, headers={"Cookie": f"language={language}"})
    with urllib.request.urlopen(wanted, timeout=30) as answer:
        return answer.status, answer.headers.get_content_type(), answer.read().decode()


def test_the_wheel_serves(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], check=True, cwd=ROOT
    )
    [wheel] = tmp_path.glob("*.whl")
    instance = Instance(tmp_path / "data", command=[str(install(wheel, tmp_path / "venv"))]).start()
    try:
        assert instance.health()[0] == 200
        address = f"http://127.0.0.1:{instance.port}"
        status, kind, page = get(address + "/sign-up")
        assert (status, kind) == (200, "text/html")
        assert ">注册<" in page
        assert ">Register<" in get(address + "/sign-up", "en")[2]
        styles = re.findall(r'<link [^>]*href="(/[^"]+\.css[^"]*)"', page)
        assert styles
        for style in styles:
            assert get(address + style)[:2] == (200, "text/css")
    finally:
        assert instance.stop() == 0
    assert not instance.pids()
