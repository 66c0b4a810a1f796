"""Files are kept by their hash, durable, and apart for each workspace."""

import hashlib
import io
from pathlib import Path

import pytest

from okno.lib.blobs import BlobMissing, BlobStore


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "files")


def stored_files(store: BlobStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_content_comes_back_under_its_hash(store: BlobStore) -> None:
    content = b"x" * 700_000
    blob = store.put_stream(7, io.BytesIO(content))
    assert blob.sha256 == hashlib.sha256(content).hexdigest()
    assert blob.size == len(content)
    assert store.read(7, blob.sha256) == content
    assert store.path(7, blob.sha256).parent.name == blob.sha256[:2]


def test_the_same_content_is_kept_once(store: BlobStore) -> None:
    assert store.put(7, b"same") == store.put(7, b"same")
    assert len(stored_files(store)) == 1


def test_another_workspace_does_not_have_it(store: BlobStore) -> None:
    blob = store.put(7, b"secret")
    assert not store.exists(8, blob.sha256)
    with pytest.raises(BlobMissing):
        store.open(8, blob.sha256)


def test_what_was_not_committed_leaves_nothing(store: BlobStore) -> None:
    def interrupted() -> None:
        with store.writer(7) as writer:
            writer.write(b"half")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        interrupted()
    assert stored_files(store) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_a_hash_is_a_name(store: BlobStore, name: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        store.path(7, name)


def test_a_full_disk_is_an_error_and_leaves_nothing(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.put(7, b"content")
    assert stored_files(store) == []
