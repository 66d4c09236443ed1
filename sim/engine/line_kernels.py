"""Heaps in columns: of packed numbers, and of whoever waits in line. And the order of arrivals.

A heap of ``n`` lies at the beginning of its array, or of its rows from ``base`` on, smallest first.
Functions return the new size and change the array in place.
"""

import numpy as np

from sim.compiled import inline, inner

LARGEST = 2**63 - 1
at = np.uintp  # an index known not to be negative: Numba need not wrap it round


@inline
def push(heap, n, key):
    """Put a number into the heap of ``n``; return the new size."""
    i = n
    while i > 0:
        up = (i - 1) >> 1
        above = heap[at(up)]
        if above <= key:
            break
        heap[at(i)] = above
        i = up
    heap[at(i)] = key
    return n + 1


@inline
def pop(heap, n):
    """Drop the smallest number, which the caller has read at the top; return the new size."""
    n -= 1
    last = heap[at(n)]
    heap[at(n)] = LARGEST
    replace(heap, n, last)
    return n


@inline
def replace(heap, n, key):
    """Put a number in place of the smallest; behind the heap of ``n`` stands ``LARGEST``.

    The gap sinks to the bottom without a glance at the number, which nearly always belongs there;
    then the number fills the gap from below.
    """
    gap, below = 0, 1
    while below < n:
        one, other = heap[at(below)], heap[at(below + 1)]
        below += other < one
        heap[at(gap)] = min(one, other)
        gap, below = below, 2 * below + 1
    push(heap, gap, key)


@inner
def discard(heap, n, bits, mask):
    """Drop the numbers that read ``bits`` under a mask from the heap of ``n``; the new size."""
    kept = 0
    for i in range(n):
        if heap[i] & mask != bits:
            kept = push(heap, kept, heap[i])
    return kept


@inline
def enqueue(ring, base, size, head, n, key):
    """Put a number into the sorted ring of ``n`` at ``[base, base + size)``; return the new size.

    Whoever is free last is free for the shortest time, so the place is nearly always the end.
    """
    i = n
    while i > 0:
        before = head + i - 1
        before -= size if before >= size else 0
        if ring[base + before] <= key:
            break
        after = before + 1 if before + 1 < size else 0
        ring[base + after] = ring[base + before]
        i -= 1
    place = head + i
    ring[base + (place - size if place >= size else place)] = key
    return n + 1


@inline
def precedes(line, i, turn_of_other, tie_of_other):
    """Whether row ``i`` of the line is called before another case."""
    return line[i, 0] < turn_of_other or (line[i, 0] == turn_of_other and line[i, 1] < tie_of_other)


@inline
def put(line, i, its_turn, its_tie, visit):
    """Write a row of the line."""
    line[i, 0], line[i, 1], line[i, 2] = its_turn, its_tie, visit


@inner
def join(line, base, n, its_turn, its_tie, visit):
    """Put a visit into the line of ``n`` that begins at row ``base``; return the new length."""
    i = n
    while i > 0:
        up = (i - 1) >> 1
        p = base + up
        if precedes(line, p, its_turn, its_tie):
            break
        line[base + i, 0], line[base + i, 1], line[base + i, 2] = line[p, 0], line[p, 1], line[p, 2]
        i = up
    put(line, base + i, its_turn, its_tie, visit)
    return n + 1


@inner
def drop_first(line, base, n):
    """Take whoever is next out of the line; return the new length."""
    n -= 1
    sink(line, base, n, 0, line[base + n, 0], line[base + n, 1], line[base + n, 2])
    return n


@inline
def sink(line, base, n, i, its_turn, its_tie, visit):
    """Put a visit into row ``i``, or below it where others come before."""
    d = 2 * i + 1
    while d < n:
        r = base + d
        if d + 1 < n and precedes(line, r + 1, line[r, 0], line[r, 1]):
            d, r = d + 1, r + 1
        if not precedes(line, r, its_turn, its_tie):
            break
        line[base + i, 0], line[base + i, 1], line[base + i, 2] = line[r, 0], line[r, 1], line[r, 2]
        i, d = d, 2 * d + 1
    put(line, base + i, its_turn, its_tie, visit)


@inner
def drop_row(line, base, n, i):
    """Take whoever stands in row ``i`` out of the line; return the new length."""
    n -= 1
    its_turn, its_tie, visit = line[base + n, 0], line[base + n, 1], line[base + n, 2]
    if i < n:
        if i > 0 and not precedes(line, base + ((i - 1) >> 1), its_turn, its_tie):
            join(line, base, i, its_turn, its_tie, visit)
        else:
            sink(line, base, n, i, its_turn, its_tie, visit)
    return n


@inner
def promote(line, base, n, visit, less):
    """Let a visit be called earlier by ``less``, if it is in line and its turn is not before."""
    i = 0
    while i < n and line[base + i, 2] != visit:
        i += 1
    if i < n and line[base + i, 0] >= less:
        join(line, base, i, line[base + i, 0] - less, line[base + i, 1], visit)


@inline
def spread(keys, low, high, spare, counts):
    """Put ``[low, high)`` nearly in order, by where a number lies between the extremes.

    ``counts`` has more room than there are numbers. Equal numbers keep their order.
    """
    least = most = keys[at(low)]
    for i in range(low, high):
        spare[at(i)] = keys[at(i)]
        least, most = min(least, keys[at(i)]), max(most, keys[at(i)])
    n, shift = 1, 0
    while 2 * n <= high - low:
        n *= 2
    while (most - least) >> shift >= n:
        shift += 1
    for b in range(n + 1):
        counts[at(b)] = 0
    for i in range(low, high):
        counts[at(((spare[at(i)] - least) >> shift) + 1)] += 1
    counts[0] = low
    for b in range(n):
        counts[at(b + 1)] += counts[at(b)]
    for i in range(low, high):
        b = at((spare[at(i)] - least) >> shift)
        keys[at(counts[b])] = spare[at(i)]
        counts[b] += 1


@inner
def merge_runs(keys, spare, low, middle, high):
    """Merge the sorted ``[low, middle)`` and ``[middle, high)`` in place."""
    for k in range(low, middle):
        spare[at(k)] = keys[at(k)]
    left, right = low, middle
    for k in range(low, high):
        if left == middle:
            break
        if right < high and keys[at(right)] < spare[at(left)]:
            keys[at(k)] = keys[at(right)]
            right += 1
        else:
            keys[at(k)] = spare[at(left)]
            left += 1


@inner
def merge_sort(keys, low, high, spare, runs):
    """Sort ``[low, high)``: natural runs, merged while they are short.

    What is in order already costs one look; ``runs`` is a stack of at least 128 beginnings.
    """
    n_runs, i = 0, low
    while i < high:
        runs[n_runs] = i
        n_runs += 1
        i += 1
        while i < high and keys[at(i - 1)] <= keys[at(i)]:
            i += 1
        end = i
        while n_runs > 1 and runs[n_runs - 1] - runs[n_runs - 2] <= 2 * (end - runs[n_runs - 1]):
            merge_runs(keys, spare, runs[n_runs - 2], runs[n_runs - 1], end)
            n_runs -= 1
    while n_runs > 1:
        merge_runs(keys, spare, runs[n_runs - 2], runs[n_runs - 1], high)
        n_runs -= 1


@inner
def sort(keys, low, high, spare, counts, runs):
    """Sort ``[low, high)``: spread out first unless in order, then each handful by merging."""
    i = low + 1
    while i < high and keys[at(i - 1)] <= keys[at(i)]:
        i += 1
    if i >= high:
        return
    spread(keys, low, high, spare, counts)
    begin = low
    bucket = 0
    while begin < high:
        end = counts[bucket]
        if end - begin > 1:
            if end - begin > 8:
                merge_sort(keys, begin, end, spare, runs)
            else:
                for i in range(begin + 1, end):
                    key, j = keys[at(i)], i
                    while j > begin and keys[at(j - 1)] > key:
                        keys[at(j)] = keys[at(j - 1)]
                        j -= 1
                    keys[at(j)] = key
        begin = end
        bucket += 1
