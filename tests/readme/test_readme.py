"""Every Python block of the repository's README.md runs.

A line of HTML before the fence, which readers of the page do not see, says what the block is:

    <!-- snippet: app -->
    ```python

`app`       a complete application with the names `app` and `auth`. It is written into `app.py` of an empty
            folder, imported there in a process of its own, and visited: sign-up, login, `/user/@me`, logout.
`fragment`  a passage that continues the nearest `app` above. All fragments of an app are executed in its
            process and its namespace, in reading order, after the import and before the visit.
`config`    the file `config.py`, or its class `Config`. It configures an app that is visited, and lies beside
            every `app` below it, up to the next `config`.
`shell`     command lines. What installs this package must name it and an extra that it has; what starts a
            server (`python app.py`, `gunicorn …`, `flask run`) starts one, with the nearest `app` above, and
            is visited; another `flask …` command must exist and take these options; what belongs to another
            tool is left.

Every Python block has a tag; an unknown tag is a failure. The environment holds strong secrets,
`DATABASE_URL=sqlite:///app.db`, and the address of a Redis in `REDIS_URL`.
"""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .blocks import Block, blocks_in, read
from .scenarios import DEPLOYED, REDIS_URL
from .visitor import Visitor, over_http
from .workshop import REPOSITORY, finish, free_port, require_redis, run, serving, write

README = REPOSITORY / "README.md"
TAGS = ("app", "fragment", "config", "shell")
ANOTHER_TOOL = {
    "cd",
    "cp",
    "curl",
    "docker",
    "export",
    "git",
    "make",
    "mkdir",
    "npm",
    "npx",
    "openssl",
    "source",
}


@dataclass
class Story:
    """An app with what continues it, or no app and a config or command lines that stand alone."""

    app: Block | None = None
    config: Block | None = None
    fragments: list[Block] = field(default_factory=list)

    @property
    def files(self) -> dict[str, str]:
        """Line numbers in a traceback are those of the README."""
        blocks = {"app.py": self.app, "config.py": self.config}
        blocks |= {f"fragment_{block.line}.py": block for block in self.fragments}
        return {name: "\n" * (block.line - 1) + block.text for name, block in blocks.items() if block}


def stories_in(blocks: list[Block]) -> tuple[list[Story], list[tuple[Block, Story]]]:
    """The apps in reading order, and each `shell` block with the story that it belongs to."""
    stories: list[Story] = []
    commands: list[tuple[Block, Story]] = []
    config: Block | None = None
    for block in blocks:
        match block.tag:
            case "config":
                config = block
            case "app":
                stories.append(Story(block, config))
            case "fragment":
                if not stories:
                    raise ValueError(
                        f"line {block.line}: a fragment continues an app, and there is none above"
                    )
                stories[-1].fragments.append(block)
            case "shell":
                commands.append((block, stories[-1] if stories else Story(config=config)))
            case None:
                pass
            case unknown:
                raise ValueError(f"line {block.line}: `{unknown}` is none of {', '.join(TAGS)}")
    return stories, commands


def command_lines(block: Block) -> list[list[str]]:
    """The words of each command, without prompts, comments and the variables set before it."""
    text = block.text.replace("\\\n", " ")
    lines = [shlex.split(line.removeprefix("$ "), comments=True) for line in text.splitlines()]
    return [words for line in lines if (words := _without_variables(line))]


def _without_variables(words: list[str]) -> list[str]:
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    return words


BLOCKS = blocks_in(README)
STORIES, COMMANDS = stories_in(BLOCKS)
CONFIGS = [block for block in BLOCKS if block.tag == "config"]


def at(block: Block | None) -> str:
    return f"line {block.line}: {block.name}" if block else "nothing"


def test_the_repository_has_a_readme_with_an_app_in_it() -> None:
    assert README.exists()
    assert STORIES


def test_every_python_block_says_what_it_is() -> None:
    silent = [at(block) for block in BLOCKS if block.language in ("python", "py") and block.tag is None]

    assert silent == []


@pytest.mark.parametrize("story", [pytest.param(story, id=at(story.app)) for story in STORIES])
def test_an_app_works_with_all_that_continues_it(story: Story, tmp_path: Path) -> None:
    if any("REDIS" in text for text in story.files.values()):
        require_redis(REDIS_URL, at(story.app))
    write(tmp_path, story.files)

    names = [name for name in story.files if name.startswith("fragment_")]
    done = run(tmp_path, "fragments", {"files": names}, DEPLOYED)

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("config", [pytest.param(block, id=at(block)) for block in CONFIGS])
def test_a_config_configures_an_app(config: Block, tmp_path: Path) -> None:
    if "REDIS" in config.text:
        require_redis(REDIS_URL, at(config))
    write(tmp_path, Story(config=config).files)

    done = run(tmp_path, "settings", {}, DEPLOYED)

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(
    ("block", "story"), [pytest.param(block, story, id=at(block)) for block, story in COMMANDS]
)
def test_command_lines_do_what_they_say(block: Block, story: Story, tmp_path: Path) -> None:
    write(tmp_path, story.files)

    for words in command_lines(block):
        obey(words, tmp_path)


def obey(words: list[str], folder: Path) -> None:
    match words:
        case ["pip", "install", *wanted] | ["uv", "add", *wanted] | ["uv", "pip", "install", *wanted]:
            must_be_installable(wanted)
        case ["python", "app.py"] | ["gunicorn", *_]:
            must_serve(words, folder)
        case ["flask", *options] if "run" in options:
            must_serve(words, folder)
        case ["flask", *_]:
            done = finish(folder, [sys.executable, "-m", *words], DEPLOYED)
            assert done.returncode != 2, f"{shlex.join(words)}: {done.stderr}"
            assert "Traceback" not in done.stderr, done.stderr
        case [tool, *_]:
            assert tool in ANOTHER_TOOL, f"what is done with `{shlex.join(words)}`?"


def must_be_installable(wanted: list[str]) -> None:
    """This distribution's name and extras; what else is installed beside it is not ours."""
    project: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    for requirement in (Requirement(word) for word in wanted if not word.startswith("-")):
        if canonicalize_name(requirement.name) == canonicalize_name(project["name"]):
            assert requirement.extras <= set(project["optional-dependencies"]), requirement


def must_serve(words: list[str], folder: Path) -> None:
    port = free_port()
    app = folder / "app.py"
    text = app.read_text(encoding="utf-8")
    if words[0] == "python":
        assert "app.run(" in text, f"`{shlex.join(words)}` starts nothing: the app above has no app.run()"
        app.write_text(text.replace("app.run(", f"app.run(port={port}, "), encoding="utf-8")
    with serving(folder, words, port, DEPLOYED):
        Visitor(over_http(f"http://127.0.0.1:{port}")).stay_a_while()


SAMPLE = """\
# Title

<!-- snippet: config -->
```python
SECRET_KEY = "s"
```

<!-- snippet: app -->

```python
app = 1
```

Words.

<!-- snippet: fragment -->
```python
app += 1
```

## More
<!-- snippet: fragment -->
Words between the tag and the fence take the tag away.
```python
untagged
```

1. In a list:

   <!-- snippet: shell -->
   ```bash
   # a comment
   $ PORT=1 gunicorn \\
       app:app
   ```
"""


def test_the_reader_knows_where_a_block_stands_and_what_its_tag_is() -> None:
    found = [(block.tag, block.language, block.key, block.line) for block in read(SAMPLE)]

    assert found == [
        ("config", "python", ("Title", 1), 5),
        ("app", "python", ("Title", 2), 11),
        ("fragment", "python", ("Title", 3), 18),
        (None, "python", ("More", 1), 25),
        ("shell", "bash", ("More", 2), 32),
    ]


def test_a_story_is_an_app_with_the_config_above_it_and_the_fragments_below_it() -> None:
    stories, commands = stories_in(read(SAMPLE))

    [story] = stories
    assert {name: text.strip() for name, text in story.files.items()} == {
        "app.py": "app = 1",
        "config.py": 'SECRET_KEY = "s"',
        "fragment_18.py": "app += 1",
    }
    [(block, its_story)] = commands
    assert its_story is story
    assert command_lines(block) == [["gunicorn", "app:app"]]


def test_a_fragment_without_an_app_above_it_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="line 3: a fragment continues an app"):
        stories_in(read("<!-- snippet: fragment -->\n```python\nx\n```\n"))


def test_an_unknown_tag_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="`prelude` is none of"):
        stories_in(read("<!-- snippet: prelude -->\n```python\nx\n```\n"))


def test_a_fence_that_is_never_closed_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="line 1: this fence is never closed"):
        read("```python\nx\n")
