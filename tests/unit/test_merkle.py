"""Trees are those of RFC 9162, and a proof proves one leaf at one index of one size."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.signing.merkle import (
    EMPTY,
    Frontier,
    Levels,
    Range,
    Tree,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    root_from_leaf_hash,
    root_from_path,
    verify_consistency,
)

SIZES = range(1, 131)


def leaves(size: int) -> list[bytes]:
    return [b"%d" % number for number in range(size)]


def naive(data: list[bytes]) -> bytes:
    """Section 2.1.1, word by word."""
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    split = 1
    while split * 2 < len(data):
        split *= 2
    return sha256(b"\x01" + naive(data[:split]) + naive(data[split:])).digest()


def naive_path(index: int, data: list[bytes]) -> list[bytes]:
    """Section 2.1.3.1, word by word."""
    if len(data) == 1:
        return []
    split = 1
    while split * 2 < len(data):
        split *= 2
    if index < split:
        return [*naive_path(index, data[:split]), naive(data[split:])]
    return [*naive_path(index - split, data[split:]), naive(data[:split])]


def naive_consistency(old: int, data: list[bytes], whole: bool = True) -> list[bytes]:
    """Section 2.1.4.1, word by word."""
    if old == len(data):
        return [] if whole else [naive(data)]
    split = 1
    while split * 2 < len(data):
        split *= 2
    if old <= split:
        return [*naive_consistency(old, data[:split], whole), naive(data[split:])]
    return [*naive_consistency(old - split, data[split:], False), naive(data[:split])]


def grown(size: int) -> Levels:
    tree = Levels()
    for leaf in leaves(size):
        tree.append(leaf_hash(leaf))
    return tree


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_paths_are_the_rfcs(size: int) -> None:
    data = leaves(size)
    tree = Tree(data)
    assert tree.root == naive(data)
    for index, leaf in enumerate(data):
        path = tree.path(index)
        assert path == naive_path(index, data)
        assert root_from_path(leaf, index, size, path) == tree.root


def test_the_known_tree_of_certificate_transparency() -> None:
    """The leaves and root that certificate-transparency's own tests use."""
    data = [
        bytes.fromhex(text)
        for text in (
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        )
    ]
    root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert Tree(data).root.hex() == root


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 13, 16, 33])
def test_a_path_fits_no_other_index_size_or_leaf(size: int) -> None:
    data = leaves(size)
    tree = Tree(data)
    for index, leaf in enumerate(data):
        path = tree.path(index)
        for other in range(size + 1):
            if other != index:
                assert root_from_path(leaf, other, size, path) != tree.root
        assert root_from_path(leaf + b"!", index, size, path) != tree.root


def test_a_path_has_exactly_the_length_that_its_index_and_size_demand() -> None:
    for size in SIZES:
        tree = Tree(leaves(size))
        for index in range(size):
            path = tree.path(index)
            leaf = leaves(size)[index]
            assert root_from_path(leaf, index, size, [*path, bytes(32)]) is None
            if path:
                assert root_from_path(leaf, index, size, path[:-1]) is None
                assert root_from_path(leaf, index, size, path[1:]) is None


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (4, 3), (0, 0), (0, -1)])
def test_an_index_outside_the_tree(index: int, size: int) -> None:
    assert root_from_path(b"0", index, size, []) is None


@settings(deadline=None)
@given(st.integers(1, 64), st.data())
def test_a_changed_sibling_leads_elsewhere(size: int, data: st.DataObject) -> None:
    tree = Tree(leaves(size))
    index = data.draw(st.integers(0, size - 1))
    path = tree.path(index)
    if not path:
        return
    place = data.draw(st.integers(0, len(path) - 1))
    byte = data.draw(st.integers(0, 31))
    changed = bytearray(path[place])
    changed[byte] ^= data.draw(st.integers(1, 255))
    path[place] = bytes(changed)
    assert root_from_path(leaves(size)[index], index, size, path) != tree.root


@settings(deadline=None)
@given(st.integers(2, 64), st.data())
def test_siblings_in_another_order_lead_elsewhere(size: int, data: st.DataObject) -> None:
    tree = Tree(leaves(size))
    index = data.draw(st.integers(0, size - 1))
    path = tree.path(index)
    shuffled = data.draw(st.permutations(path))
    found = root_from_path(leaves(size)[index], index, size, shuffled)
    assert (found == tree.root) == (shuffled == path)


def test_an_inner_node_is_no_leaf() -> None:
    """The parent of two leaves cannot be offered as the data of a leaf of a smaller tree."""
    data = leaves(4)
    tree = Tree(data)
    left = node_hash(leaf_hash(data[0]), leaf_hash(data[1]))
    right = node_hash(leaf_hash(data[2]), leaf_hash(data[3]))
    assert node_hash(left, right) == tree.root
    for offered in (left, leaf_hash(data[0]) + leaf_hash(data[1]), b"\x01" + left):
        assert root_from_path(offered, 0, 2, [right]) != tree.root
        assert root_from_path(offered, 0, 1, []) != tree.root


def test_a_tree_needs_a_leaf() -> None:
    with pytest.raises(ValueError, match="needs a leaf"):
        Tree([])


LEVELS = grown(SIZES.stop)
ROOTS = [EMPTY, *(naive(leaves(size)) for size in SIZES)]


def test_a_tree_that_grows_has_the_rfcs_root_at_every_size() -> None:
    frontier = Frontier()
    assert frontier.root == EMPTY
    for size, leaf in enumerate(leaves(SIZES.stop - 1), 1):
        completed = frontier.append(leaf_hash(leaf))
        assert frontier.size == size
        assert frontier.root == LEVELS.root(size) == ROOTS[size]
        for level, node in enumerate(completed):
            assert node == LEVELS.node(level, (size >> level) - 1)
        frontier = Frontier(frontier.state)


def test_a_frontiers_state_has_a_hash_for_each_complete_subtree() -> None:
    with pytest.raises(ValueError, match="not the state of a tree of 3"):
        Frontier((3).to_bytes(8, "big") + bytes(32))


@pytest.mark.parametrize("size", SIZES)
def test_proofs_from_kept_nodes_are_the_rfcs(size: int) -> None:
    data = leaves(size)
    for index, leaf in enumerate(data):
        path = LEVELS.inclusion(index, size)
        assert path == naive_path(index, data)
        assert root_from_leaf_hash(leaf_hash(leaf), index, size, path) == ROOTS[size]
    for old in range(1, size + 1):
        path = LEVELS.consistency(old, size)
        assert path == naive_consistency(old, data)
        assert verify_consistency(old, ROOTS[old], size, ROOTS[size], path)
    assert LEVELS.consistency(0, size) == []
    assert verify_consistency(0, EMPTY, size, ROOTS[size], [])


@settings(deadline=None)
@given(st.integers(1, 130), st.data())
def test_a_consistency_proof_fits_no_other_sizes_or_roots(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    path = LEVELS.consistency(old, size)
    for other in range(size + 2):
        if other != old:
            assert not verify_consistency(other, ROOTS[old], size, ROOTS[size], path)
    # The size is part of what is signed: a proof says no more than that the roots belong together.
    assert not verify_consistency(old, bytes(32), size, ROOTS[size], path)
    assert not verify_consistency(old, ROOTS[old], size, bytes(32), path)
    assert not verify_consistency(old, ROOTS[old], size, ROOTS[size], [*path, bytes(32)])
    if path:
        assert not verify_consistency(old, ROOTS[old], size, ROOTS[size], path[:-1])
        place = data.draw(st.integers(0, len(path) - 1))
        path[place] = node_hash(path[place], b"")
        assert not verify_consistency(old, ROOTS[old], size, ROOTS[size], path)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_no_proof_joins_a_fork(old: int, more: int, data: st.DataObject) -> None:
    """A log that changed one of the old leaves can offer nothing that fits the old root."""
    place = data.draw(st.integers(0, old - 1))
    fork = Levels()
    for index, leaf in enumerate(leaves(old + more)):
        fork.append(leaf_hash(leaf + b"!" if index == place else leaf))
    size = old + more
    honest, forged = LEVELS.consistency(old, size), fork.consistency(old, size)
    for path in (honest, forged):
        assert not verify_consistency(old, ROOTS[old], size, fork.root(size), path)


def test_an_inner_node_is_no_leafs_hash_of_a_smaller_tree() -> None:
    """By its hash alone it would pass: so who verifies must hash the leaf's data itself."""
    inner, sibling = LEVELS.node(1, 0), LEVELS.node(1, 1)
    assert root_from_leaf_hash(inner, 0, 2, [sibling]) == ROOTS[4]
    assert root_from_path(inner, 0, 2, [sibling]) != ROOTS[4]


def test_ranges_are_made_of_complete_subtrees() -> None:
    assert list(Range(0, 7).nodes()) == [(2, 0), (1, 2), (0, 6)]
    assert list(Range(8, 9).nodes()) == [(0, 8)]
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion_ranges(3, 3)
    with pytest.raises(ValueError, match="no earlier tree of 4"):
        consistency_ranges(4, 3)
    with pytest.raises(IndexError, match="no node 3 at level 1"):
        grown(7).node(1, 3)
