"""Does what a Dockerfile says in plain directories by way of chroot, where no container engine is at hand."""

import dataclasses
import fnmatch
import json
import pathlib
import shlex
import shutil
import subprocess

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclasses.dataclass
class Stage:
    """One FROM and what follows it; its files are below `root`."""

    root: pathlib.Path
    environment: dict = dataclasses.field(default_factory=lambda: {"PATH": PATH})
    arguments: dict = dataclasses.field(default_factory=dict)
    directory: str = "/"
    user: str = "0:0"
    entrypoint: list = dataclasses.field(default_factory=list)
    healthcheck: list = dataclasses.field(default_factory=list)


def instructions(text):
    """The pairs of keyword and rest, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            keyword, rest = line.split(None, 1)
            yield keyword, rest.strip()


def ignored(path, patterns):
    """Whether .dockerignore keeps `path` (relative) out of the context."""
    for pattern in patterns:
        if pattern.startswith("**/"):
            if any(fnmatch.fnmatch(part, pattern[3:]) for part in path.parts):
                return True
        elif path == pathlib.Path(pattern) or pathlib.Path(pattern) in path.parents:
            return True
    return False


def context(source):
    """The files of `source` that a build would see, relative to it."""
    lines = (source / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    if any(pattern.startswith("!") for pattern in patterns):
        raise NotImplementedError("exceptions in .dockerignore")
    found = []
    waiting = [source]
    while waiting:
        for entry in sorted(waiting.pop().iterdir()):
            relative = entry.relative_to(source)
            if ignored(relative, patterns):
                continue
            if entry.is_dir() and not entry.is_symlink():
                waiting.append(entry)
            else:
                found.append(relative)
    return found


def run_in(root, command, environment, directory="/", user="0:0"):
    """Runs `command` (a list) in `root` and fails where it does."""
    subprocess.run(
        ["chroot", f"--userspec={user}", root, "env", "-i", f"--chdir={directory}",
         *(f"{name}={value}" for name, value in environment.items()), *command],
        check=True, stdin=subprocess.DEVNULL)


def mount_system(root):
    """What a container has from its engine: processes, devices, names of hosts."""
    for name, kind in (("proc", ["-t", "proc", "proc"]), ("dev", ["--rbind", "/dev"])):
        subprocess.run(["mount", *kind, root / name], check=True)
    (root / "etc/resolv.conf").touch()
    subprocess.run(["mount", "--bind", "/etc/resolv.conf", root / "etc/resolv.conf"], check=True)


def unmount_system(root):
    for name in ("proc", "dev", "etc/resolv.conf"):
        subprocess.run(["umount", "--recursive", root / name], check=True)


def copy(rest, stage, stages, source):
    words = rest.split()
    origin, files = source, None
    if words[0].startswith("--from="):
        origin = stages[words.pop(0).removeprefix("--from=")].root
    *sources, target = words
    into = stage.root / pathlib.PurePosixPath(stage.directory, target).relative_to("/")
    for name in sources:
        place = origin / name.lstrip("/")
        if origin == source:
            files = [f for f in context(source) if place == source or place in (source / f, *(source / f).parents)]
            pairs = [(source / f, into / ((source / f).relative_to(place) if place.is_dir() else f.name)) for f in files]
            for one, other in pairs:
                other.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(one, other, follow_symlinks=False)
        else:
            into.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", f"{place}/." if place.is_dir() else place, into], check=True)


def build(dockerfile, source, base, work):
    """Every stage of `dockerfile`, begun as a copy of `base`, in `work`; returns the last."""
    stages = {}
    stage = None
    for keyword, rest in instructions(dockerfile.read_text()):
        print(f"{keyword} {rest}", flush=True)
        if keyword == "FROM":
            words = rest.split()
            name = words[2] if len(words) == 3 else "last"
            root = work / name
            subprocess.run(["rm", "-rf", "--one-file-system", root], check=True)
            subprocess.run(["cp", "-a", base, root], check=True)
            stage = stages[name] = Stage(root)
        elif keyword == "RUN":
            mount_system(stage.root)
            try:
                run_in(stage.root, ["sh", "-c", rest], stage.environment | stage.arguments, stage.directory)
            finally:
                unmount_system(stage.root)
        elif keyword == "COPY":
            copy(rest, stage, stages, source)
        elif keyword == "ARG":
            name, value = rest.split("=", 1)
            stage.arguments[name] = value
        elif keyword == "ENV":
            stage.environment |= dict(word.split("=", 1) for word in shlex.split(rest))
        elif keyword == "WORKDIR":
            stage.directory = rest
            (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif keyword == "USER":
            stage.user = rest
        elif keyword == "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        elif keyword == "HEALTHCHECK":
            stage.healthcheck = json.loads(rest[rest.index("["):])
        elif keyword not in ("VOLUME", "EXPOSE", "STOPSIGNAL"):
            raise NotImplementedError(f"{keyword} is not known here")
    return stages
