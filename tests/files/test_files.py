"""Which files a project has and what they say: real repositories, links, pipes and clocks."""

import codecs
import hashlib
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.errors import NotAProject, OutsideRoot, StoreUnusable
from memoryd.files import MAX_BYTES, Content, Refused, Seen, StatCache, path_bytes, path_text, read, scan, stat_of
from memoryd.files import git as ask_git
from memoryd.files.listing import unreadable
from memoryd.model import Skipped, Stat

Git = Callable[..., str]


@pytest.fixture(autouse=True)
def _hermetic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Run git in a folder below the temporary one."""

    def run(folder: Path, *arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
        done = subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
        return done.stdout

    return run


@pytest.fixture(params=["git", "plain"])
def project(request: pytest.FixtureRequest, tmp_path: Path, git: Git) -> Path:
    """An empty project, once a repository and once a plain folder: what holds for both is tested for both."""
    root = tmp_path / "project"
    root.mkdir()
    if request.param == "git":
        git(root, "init")
    return root


@pytest.fixture
def repository(tmp_path: Path, git: Git) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init")
    return root


def put(file: Path, text: str | bytes = "x\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def paths(root: Path) -> list[str]:
    return list(scan(root).entries)


def reasons(root: Path) -> dict[str, str]:
    return {one.path: one.reason for one in scan(root).skipped}


# Names


@given(st.binary())
def test_a_name_survives_as_valid_text(raw: bytes) -> None:
    assert path_bytes(path_text(raw).encode().decode()) == raw


def test_only_backslashes_and_undecodable_bytes_are_escaped() -> None:
    assert path_text(b'a b/"q"\n\\n\xff\xc3\xa4') == 'a b/"q"\n\\\\n\\xffä'


def test_odd_names_are_found_and_read(project: Path) -> None:
    for raw in (b"a b.py", b"q\"'.py", b"new\nline.py", b"back\\slash.py", b"\xffbyte.py", b"sp\xc3\xa4t.py", b" lead", b"-dash"):
        with open(os.path.join(os.fsencode(project), raw), "wb") as file:
            file.write(raw)
    found = scan(project).entries
    assert sorted(map(path_bytes, found)) == sorted(set(os.listdir(os.fsencode(project))) - {b".git"})
    assert len(found) == 8
    for path in found:
        content = read(project, path)
        assert isinstance(content, Content)
        assert content.stat == found[path] == stat_of(project, path)
    assert list(found) == sorted(found)


# Which files


def test_hidden_files_belong_and_version_control_does_not(project: Path) -> None:
    put(project / ".github/workflows/ci.yml")
    put(project / ".env.example")
    put(project / ".hg/store")
    put(project / "sub/.svn/entries")
    found = scan(project)
    assert list(found.entries) == [".env.example", ".github/workflows/ci.yml"]
    assert found.skipped == ()


def test_ignore_files_count_with_their_negations(project: Path) -> None:
    put(project / ".gitignore", "*.log\n!keep.log\n/out/\n[\n")
    put(project / "deep/.gitignore", "!special.log\nlocal\n")
    for name in ("a.log", "keep.log", "out/x.py", "deep/out/x.py", "deep/special.log", "deep/b.log", "deep/local", "local"):
        put(project / name)
    assert paths(project) == [".gitignore", "deep/.gitignore", "deep/out/x.py", "deep/special.log", "keep.log", "local"]


def test_memorydignore_excludes_even_what_git_tracks(project: Path, git: Git) -> None:
    put(project / ".memorydignore", "fixtures/\n*.snap\n")
    put(project / "deep/.memorydignore", "!b.snap\n")
    for name in ("a.py", "fixtures/big.py", "a.snap", "deep/b.snap", "deep/c.snap"):
        put(project / name)
    if (project / ".git").exists():
        git(project, "add", "--all")
    assert paths(project) == [".memorydignore", "a.py", "deep/.memorydignore", "deep/b.snap"]


def test_a_private_memorydignore_counts_though_git_ignores_it(repository: Path) -> None:
    put(repository / ".gitignore", ".memorydignore\n")
    put(repository / ".memorydignore", "secret\n")
    put(repository / "secret")
    assert "secret" not in paths(repository)


def test_dependencies_and_caches_are_left_out_once_a_folder(project: Path) -> None:
    for name in ("node_modules/a/x.js", "web/node_modules/b/y.js", "a/__pycache__/m.pyc", "env/pyvenv.cfg", "env/lib/z.py"):
        put(project / name)
    put(project / "target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55")
    put(project / "venv/not_an_environment.py")
    assert paths(project) == ["venv/not_an_environment.py"]
    assert reasons(project) == {
        "a/__pycache__": "cache folder",
        "env": "virtual environment",
        "node_modules": "dependency folder",
        "target": "cache folder",
        "web/node_modules": "dependency folder",
    }


def test_large_files_lock_files_and_bundles_are_left_out_unread(project: Path) -> None:
    put(project / "fits.sql", b"x" * MAX_BYTES)
    put(project / "large.sql", b"x" * (MAX_BYTES + 1))
    put(project / "sub/Cargo.lock")
    put(project / "lib.min.js")
    assert paths(project) == ["fits.sql"]
    assert reasons(project) == {"large.sql": "larger than 1.5 MB", "lib.min.js": "minified", "sub/Cargo.lock": "lock file"}
    assert read(project, "large.sql") == Skipped("large.sql", "larger than 1.5 MB")


def test_links_are_named_and_never_followed(project: Path, tmp_path: Path) -> None:
    put(project / "src/real.py")
    put(tmp_path / "outside.py")
    for name, target in {
        "alias.py": "src/real.py",
        "folder": "src",
        "src/loop": "..",
        "out.py": "../outside.py",
        "absolute": "/",
        "gone": "nowhere",
        "self": "self",
    }.items():
        (project / name).symlink_to(target)
    assert paths(project) == ["src/real.py"]
    assert reasons(project) == {
        "absolute": "symbolic link out of the project",
        "alias.py": "symbolic link to src/real.py",
        "folder": "symbolic link to src",
        "gone": "broken symbolic link",
        "out.py": "symbolic link out of the project",
        "self": "broken symbolic link",
        "src/loop": "symbolic link to .",
    }


def test_a_tracked_folder_replaced_by_a_link_is_not_entered(repository: Path, tmp_path: Path, git: Git) -> None:
    put(repository / "lib/a.py")
    git(repository, "add", "--all")
    (repository / "lib").rename(tmp_path / "elsewhere")
    (repository / "lib").symlink_to(tmp_path / "elsewhere")
    assert paths(repository) == []
    assert reasons(repository) == {"lib": "symbolic link out of the project"}


def test_pipes_and_sockets_are_named_in_a_plain_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's address has 100 characters
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert paths(tmp_path) == []
        assert reasons(tmp_path) == {"pipe": "named pipe", "socket": "socket"}


@pytest.mark.parametrize("name", [".gitignore", ".ignore", ".memorydignore", "deep/er/.gitignore", ".gitattributes", ".git/info/exclude"])
def test_a_pipe_in_the_place_of_an_ignore_file_is_empty(project: Path, name: str) -> None:
    put(project / "a.py")
    put(project / "deep/er/b.py")
    pipe(project / name)
    assert paths(project) == ["a.py", "deep/er/b.py"]


LISTING, HISTORY, BLAME = ("ls-files", "--others", "--exclude-standard"), ("log", "--format=%aN"), ("blame", "HEAD", "--", "a.py")


@pytest.mark.parametrize(
    ("name", "question"),
    [
        (".gitignore", LISTING), ("deep/er/.gitignore", LISTING), (".gitignore", ("check-ignore", "--no-index", "a.py")),
        (".git/info/exclude", LISTING), (".git/index", LISTING), (".git/HEAD", LISTING), (".git/config", ("config", "--list")),
        ("../excludes", LISTING), ("../settings", LISTING), ("../settings", ("config", "--list")), (".mailmap", HISTORY),
        (".git/packed-refs", HISTORY), (".git/refs/heads/main", HISTORY), (".gitattributes", BLAME), (".git/info/attributes", BLAME),
    ],
)  # fmt: skip
def test_git_waits_for_no_pipe(
    repository: Path, git: Git, name: str, question: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repository.parent / "settings"))
    put(repository / "a.py")
    put(repository / "deep/er/b.py")
    git(repository, "config", "core.excludesFile", str(repository.parent / "excludes"))
    git(repository, "add", "a.py")
    git(repository, "commit", "--message", "one")
    pipe(repository / name)
    for _ in range(2):  # the second time it is known
        assert ask_git(os.fsencode(repository), question, 1_000.0) is not None
    (said,) = caplog.messages
    assert said.endswith("is a named pipe, which counts as empty; remove it")


def test_git_that_waited_gets_the_rest_of_a_long_input(repository: Path, git: Git) -> None:
    git(repository, "config", "core.excludesFile", str(repository.parent / "excludes"))
    pipe(repository.parent / "excludes")
    put(repository / ".gitignore", b"*.log\n")
    names = [b"%d.log" % number for number in range(20_000)]  # more than a pipe holds
    done = ask_git(os.fsencode(repository), ["check-ignore", "-z", "--stdin", "--no-index"], 20.0, b"".join(name + b"\0" for name in names))
    assert done is not None
    assert done.stdout.split(b"\0")[:-1] == names


@pytest.mark.parametrize("name", ["HEAD", "../HEAD"])
def test_git_waits_for_no_pipe_to_find_a_repository(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    put(tmp_path / "project/a.py")
    (tmp_path / "project" / name).with_name("objects").mkdir()
    (tmp_path / "project" / name).with_name("refs").mkdir()
    pipe(tmp_path / "project" / name)
    assert ask_git(os.fsencode(tmp_path / "project"), LISTING, 1_000.0) is not None
    assert caplog.messages[0].endswith("is a named pipe, which counts as empty; remove it")


@pytest.mark.parametrize("target", ["/dev/zero", "pipe"])
def test_git_is_not_asked_where_it_would_read_without_end(
    repository: Path, target: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(repository / "a.py")
    pipe(tmp_path / "pipe")
    (repository / ".git/commondir").symlink_to(tmp_path / target)
    assert paths(repository) == ["a.py"]
    assert "leads to a pipe or device" in caplog.messages[0]


def pipe(place: Path) -> None:
    """Put a named pipe in a place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    os.mkfifo(place)


def test_what_may_not_be_read_is_named(project: Path) -> None:
    put(project / "locked/a.py")
    put(project / "b.py").chmod(0)
    (project / "locked").chmod(0)
    if os.access(project / "b.py", os.R_OK):
        pytest.skip("root reads everything; run the tests as another user")
    try:
        assert paths(project) == ["b.py"]
        assert reasons(project) == {"locked": "permission denied"}
        assert read(project, "b.py") == Skipped("b.py", "permission denied")
        assert read(project, "locked/a.py") == Skipped("locked/a.py", "permission denied")
    finally:
        (project / "locked").chmod(0o700)


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    for root in (tmp_path / "missing", put(tmp_path / "file")):
        with pytest.raises(NotAProject):
            scan(root)


def test_the_root_may_be_a_link(project: Path, tmp_path: Path) -> None:
    put(project / "a.py")
    (tmp_path / "link").symlink_to(project)
    assert paths(tmp_path / "link") == ["a.py"]
    assert isinstance(read(tmp_path / "link", "a.py"), Content)


# Git


def test_tracked_files_count_although_ignored_and_deleted_ones_do_not(repository: Path, git: Git) -> None:
    put(repository / "kept.log")
    put(repository / "deleted.py")
    git(repository, "add", "--all")
    put(repository / ".gitignore", "*.log\n")
    put(repository / "new.log")
    put(repository / "new.py")
    (repository / "deleted.py").unlink()
    assert paths(repository) == [".gitignore", "kept.log", "new.py"]


def test_a_path_in_conflict_is_listed_once(repository: Path, git: Git) -> None:
    put(repository / "a.py", "base\n")
    git(repository, "add", "--all")
    git(repository, "commit", "-m", "base")
    git(repository, "checkout", "-b", "other")
    put(repository / "a.py", "theirs\n")
    git(repository, "commit", "-am", "theirs")
    git(repository, "checkout", "main")
    put(repository / "a.py", "ours\n")
    git(repository, "commit", "-am", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "other")
    assert paths(repository) == ["a.py"]


def test_a_folder_of_a_repository_is_scanned_with_the_rules_above_it(repository: Path, git: Git) -> None:
    put(repository / ".gitignore", "*.log\n")
    put(repository / "sub/deep/a.py")
    put(repository / "sub/a.log")
    put(repository / "other.py")
    git(repository, "add", "--all")
    put(repository / "sub/b.py")
    assert paths(repository / "sub") == ["b.py", "deep/a.py"]


def test_an_ignored_folder_can_still_be_the_root(repository: Path) -> None:
    put(repository / ".gitignore", "scratch/\n")
    put(repository / "scratch/a.py")
    assert paths(repository) == [".gitignore"]
    assert paths(repository / "scratch") == ["a.py"]


def test_submodules_and_nested_repositories_belong_each_with_its_rules(repository: Path, tmp_path: Path, git: Git) -> None:
    library = tmp_path / "library"
    put(library / "lib.py")
    put(library / ".gitignore", "*.tmp\n")
    git(library, "init")
    git(library, "add", "--all")
    git(library, "commit", "-m", "library")
    git(repository, "submodule", "add", str(library), "third/library")
    put(repository / "third/library/x.tmp")
    put(repository / ".gitignore", "*.log\n")
    put(repository / "nested/inner/a.log")
    put(repository / "nested/inner/b.py")
    git(repository / "nested", "init")
    put(repository / "nested/.gitignore", "b.py\n")
    expected = [".gitignore", ".gitmodules", "nested/.gitignore", "nested/inner/a.log", "third/library/.gitignore", "third/library/lib.py"]
    assert paths(repository) == expected
    assert reasons(repository) == {}
    git(repository, "submodule", "deinit", "--force", "third/library")
    assert paths(repository) == [path for path in expected if not path.startswith("third/")]
    assert reasons(repository) == {"third/library": "submodule that is not checked out; `git submodule update --init` gets it"}


def test_a_plain_folder_of_repositories_asks_git_for_each(tmp_path: Path, git: Git) -> None:
    for name in ("one", "two"):
        put(tmp_path / name / "tracked.log")
        git(tmp_path / name, "init")
        git(tmp_path / name, "add", "--all")
        put(tmp_path / name / ".git/info/exclude", "*.log\nprivate\n")
        put(tmp_path / name / "private")
    put(tmp_path / ".gitignore", "*.log\n")
    assert paths(tmp_path) == [".gitignore", "one/tracked.log", "two/tracked.log"]


def test_a_linked_worktree_is_a_project_but_no_part_of_the_one_around_it(repository: Path, git: Git) -> None:
    put(repository / "a.py")
    git(repository, "add", "--all")
    git(repository, "commit", "-m", "first")
    linked = repository / "trees/feature"
    git(repository, "worktree", "add", str(linked))
    put(linked / "b.py")
    assert paths(repository) == ["a.py"]
    assert reasons(repository) == {"trees/feature": "linked worktree of this repository"}
    assert paths(linked) == ["a.py", "b.py"]


def test_a_bare_repository_and_a_git_folder_are_refused(repository: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "--bare", "bare.git")
    for root in (tmp_path / "bare.git", repository / ".git", repository / ".git/hooks"):
        with pytest.raises(NotAProject):
            scan(root)


def test_a_bare_repository_inside_is_left_out(project: Path, git: Git) -> None:
    git(project, "init", "--bare", "fixtures/one.git")
    put(project / "a.py")
    assert paths(project) == ["a.py"]
    assert reasons(project) == {"fixtures/one.git": "bare repository"}


def test_without_git_the_ignore_files_are_read_instead(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(repository / ".gitignore", "*.log\n")
    put(repository / "a.py")
    put(repository / "b.log")
    with_git = scan(repository)
    monkeypatch.setenv("PATH", "")
    assert scan(repository) == with_git
    assert list(with_git.entries) == [".gitignore", "a.py"]


def test_where_git_refuses_the_ignore_files_are_read_instead(repository: Path) -> None:
    put(repository / ".gitignore", "*.log\n")
    put(repository / "a.py")
    put(repository / "b.log")
    put(repository / ".git/index", b"damaged")
    assert paths(repository) == [".gitignore", "a.py"]


def test_variables_of_a_running_git_do_not_lead_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    put(repository / "a.py")
    (tmp_path / "other").mkdir()
    git(tmp_path / "other", "init")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-index"))
    assert paths(repository) == ["a.py"]


def written(folder: Path) -> dict[Path, tuple[int, ...]]:
    """Return what tells whether a file of a folder was written: reading one changes nothing of it."""
    stats = {file: file.stat() for file in folder.rglob("*")}
    return {file: (one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_mode) for file, one in stats.items()}


def test_nothing_of_the_repository_is_executed_or_written(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    trace = tmp_path / "trace"
    program = put(repository / "git", f"#!/bin/sh\necho ran >> {trace}\n")
    program.chmod(0o755)
    git(repository, "add", "--all")
    git(repository, "config", "core.fsmonitor", str(program))
    git(repository, "config", "core.untrackedCache", "true")
    for hook in ("post-index-change", "fsmonitor-watchman", "query-watchman"):
        put(repository / ".git/hooks" / hook, program.read_bytes()).chmod(0o755)
    git_folder = written(repository / ".git")
    trace.unlink(missing_ok=True)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))
    monkeypatch.chdir(repository)
    assert paths(repository) == ["git"]
    assert not trace.exists()
    assert written(repository / ".git") == git_folder


# Reading


def content(root: Path, name: str, raw: str | bytes) -> Content | Skipped:
    put(root / name, raw)
    return read(root, name)


@pytest.mark.parametrize(
    "raw, source",
    [
        (b"", b""),
        (b"plain\r\n", b"plain\r\n"),
        ("späт\n".encode(), "späт\n".encode()),
        (codecs.BOM_UTF8 + b"x = 1\n", b"x = 1\n"),
        (codecs.BOM_UTF8, b""),
        ("ä\nb\n".encode("utf-16"), "ä\nb\n".encode()),
        (codecs.BOM_UTF16_BE + "ä\n".encode("utf-16-be"), "ä\n".encode()),
        ("ä\nb\n".encode("utf-32"), "ä\nb\n".encode()),
        ("“naïve”\n".encode("cp1252"), "“naïve”\n".encode()),
        (b"\x81 \xe4\n", "\x81 ä\n".encode()),
        (b"\x1b[31mred\x1b[0m\f\n", b"\x1b[31mred\x1b[0m\f\n"),
    ],
)
def test_text_is_read_as_utf8_whatever_its_encoding(tmp_path: Path, raw: bytes, source: bytes) -> None:
    found = content(tmp_path, "a.py", raw)
    assert isinstance(found, Content)
    assert found.source == source
    assert found.source.count(b"\n") == source.count(b"\n")


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_utf8_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    found = content(tmp_path_factory.getbasetemp(), "any.py", raw)
    assert found.source.decode().encode() == found.source if isinstance(found, Content) else found.reason == "binary"


@pytest.mark.parametrize("raw", [b"GIF\0", b"\x01\x02\x03" * 9, codecs.BOM_UTF16_LE + b"\x00\xd8", bytes(range(1, 256))])
def test_binary_files_are_refused(tmp_path: Path, raw: bytes) -> None:
    found = content(tmp_path, "a.py", raw)
    assert found.reason == "binary" if isinstance(found, Skipped) else pytest.fail(repr(found))


def test_the_digest_is_that_of_the_raw_bytes_also_of_a_refused_file(tmp_path: Path) -> None:
    marked, plain, binary = (content(tmp_path, "a", raw) for raw in (codecs.BOM_UTF8 + b"x", b"x", b"x\0"))
    assert isinstance(marked, Content)
    assert isinstance(plain, Content)
    assert isinstance(binary, Refused)
    assert marked.source == plain.source
    assert len({marked.digest, plain.digest, binary.seen.digest}) == 3
    assert plain.digest == hashlib.blake2b(b"x", digest_size=16).hexdigest()


@pytest.mark.parametrize(
    "name, text, reason",
    [
        ("a.js", "var a=1;" * 1000, "minified"),
        ("a.js", "x\n" * 9000 + "y" * 20_001, "minified"),
        ("a.go", "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n", "generated"),
        ("a.py", "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n", "generated"),
        ("a.ts", "/**\n * @generated SignedSource<<abc>>\n */\n", "generated"),
        ("a.toml", "# This file is automatically @generated by Cargo.\n", "generated"),
        ("a.ts", "/* NOTE: This class is auto generated by a program.\n * Do not edit the class manually.\n */\n", "generated"),
    ],
)
def test_machine_written_files_are_refused(tmp_path: Path, name: str, text: str, reason: str) -> None:
    found = content(tmp_path, name, text)
    assert isinstance(found, Refused)
    assert found.reason == reason


@pytest.mark.parametrize(
    "name, text",
    [
        ("a.js", "var a = 1;"),
        ("a.json", '{"a": "' + "b" * 600 + '"}'),
        ("a.md", "A paragraph in one line. " * 1000),
        ("a.md", "<!-- Code generated by hand. DO NOT EDIT -->\n"),
        ("a.py", "# Generated by Django 5.2 on 2026-01-01\n"),
        ("a.py", 'MARKERS = ("@generated", "DO NOT EDIT", "Code generated by")\n'),
        ("a.py", "# Recognise files that say @generated or that ask for it.\n"),
        ("a.py", "# Keep in step with the server: do not edit one without the other.\n"),
        ("a.py", "x = 1\n" * 200 + "# Code generated by x. DO NOT EDIT.\n"),
    ],
)
def test_files_written_by_hand_are_read(tmp_path: Path, name: str, text: str) -> None:
    assert isinstance(content(tmp_path, name, text), Content)


@pytest.mark.parametrize("path", ["../a", "a/../../b", "/etc/passwd", "", ".", "a//b", "a/.", "a\0b", "\\x2e\\x2e/a", "\ud800"])
def test_a_path_out_of_the_root_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutsideRoot):
        read(tmp_path, path)
    with pytest.raises(OutsideRoot):
        stat_of(tmp_path, path)


def test_reading_follows_no_link_and_waits_for_no_pipe(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root / "src/a.py")
    put(tmp_path / "secret/key")
    (root / "file").symlink_to("src/a.py")
    (root / "folder").symlink_to(tmp_path / "secret")
    os.mkfifo(root / "pipe")
    reasons = {
        path: found.reason for path in ("file", "folder/key", "pipe", "src", "none") if isinstance(found := read(root, path), Skipped)
    }
    assert reasons == {
        "file": "not a regular file",
        "folder/key": "behind a symbolic link",
        "pipe": "not a regular file",
        "src": "not a regular file",
        "none": "missing",
    }
    assert [stat_of(root, path) for path in reasons] == [None] * 5


# What stat remembers

SECOND = 1_000_000_000
DIGEST = "0" * 32


def seen(age: int, stamp: int = 1_700_000_000 * SECOND + 5) -> Seen:
    """A file read `age` nanoseconds after its last change."""
    return Seen(Stat(1, stamp, stamp, 7), DIGEST, stamp + age)


def test_an_unchanged_file_need_not_be_read_again() -> None:
    cache = StatCache().updated({"a": seen(SECOND)}, {"a"})
    assert cache.digest_for("a", seen(0).stat) == DIGEST
    assert cache.digest_for("b", seen(0).stat) is None


@pytest.mark.parametrize("change", [{"size": 2}, {"mtime_ns": 1}, {"ctime_ns": 1}, {"inode": 8}])
def test_any_difference_of_the_stat_asks_for_reading(change: dict[str, int]) -> None:
    cache = StatCache().updated({"a": seen(SECOND)}, {"a"})
    assert cache.digest_for("a", seen(0).stat._replace(**change)) is None


@pytest.mark.parametrize(
    "one, trusted",
    [
        (seen(30_000_000), True),
        (seen(5_000_000), False),
        (seen(-SECOND), False),
        (seen(SECOND, 1_700_000_000 * SECOND), False),
        (seen(3 * SECOND, 1_700_000_000 * SECOND), True),
    ],
)
def test_a_file_read_within_a_tick_of_its_change_is_not_trusted(one: Seen, trusted: bool) -> None:
    assert (StatCache().updated({"a": one}, {"a"}).digest_for("a", one.stat) is not None) == trusted


def test_a_file_no_longer_trusted_is_forgotten() -> None:
    cache = StatCache().updated({"a": seen(SECOND)}, {"a"}).updated({"a": seen(0)}, {"a"})
    assert cache.digest_for("a", seen(0).stat) is None


def test_files_that_are_gone_are_forgotten() -> None:
    cache = StatCache().updated({"a": seen(SECOND), "b": seen(SECOND)}, {"a", "b"}).updated({}, {"b"})
    assert list(cache.digests) == ["b"]


def test_same_size_and_time_with_other_bytes_is_noticed(tmp_path: Path) -> None:
    for _ in range(20):  # each round falls elsewhere in the clock's tick
        first = content(tmp_path, "a.py", "x = 1\n")
        assert isinstance(first, Content)
        cache = StatCache().updated({"a.py": first.seen}, {"a.py"})
        with (tmp_path / "a.py").open("r+b") as file:
            file.write(b"x = 2\n")
        os.utime(tmp_path / "a.py", ns=(first.stat.mtime_ns, first.stat.mtime_ns))
        now = scan(tmp_path).entries["a.py"]
        assert (now.size, now.mtime_ns, now.inode) == (first.stat.size, first.stat.mtime_ns, first.stat.inode)
        assert cache.digest_for("a.py", now) is None


def test_the_cache_survives_being_saved(tmp_path: Path) -> None:
    cache = StatCache().updated({"a": seen(SECOND), path_text(b"\xff\\"): seen(SECOND)}, {"a"})
    cache.save(tmp_path / "stats")
    cache.save(tmp_path / "stats")
    assert StatCache.load(tmp_path / "stats") == cache
    assert os.listdir(tmp_path) == ["stats"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"{}", b'{"format": "other", "files": {}}', b'{"format": "memoryd stat cache 1", "files": {"a": [1, 2]}}', b"\xff"],
)
def test_a_damaged_or_foreign_cache_is_empty(tmp_path: Path, raw: bytes) -> None:
    assert StatCache.load(put(tmp_path / "stats", raw)) == StatCache() == StatCache.load(tmp_path / "missing")


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable):
        StatCache().save(tmp_path / "no folder/stats")


def test_folders_that_git_could_not_open_are_told_as_git_names_them(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    complaint = b"warning: could not open directory '%s/': Permission denied\n"
    said = b"fatal: else\n" + b"".join(complaint % name for name in (b"shop/closed", b"it's", b"other/cart"))
    assert unreadable(os.fsencode(tmp_path), said) == [b"shop/closed", b"it's", b"other/cart"]
    assert unreadable(os.fsencode(tmp_path / "shop"), said) == [b"closed"]
    assert unreadable(os.fsencode(tmp_path), b"warning: could not open directory 'shop") == []
