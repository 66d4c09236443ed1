"""Which stations hand cases over in a circle, and in which order the others follow."""

import numpy as np

from sim.compiled import making


@making
def components(n, origin, destination):
    """Strongly connected components of the hand-overs, in topological order.

    Parameters
    ----------
    n : int -- stations
    origin, destination : int64[n_hand_overs] -- stations; repeats do no harm

    Returns
    -------
    component : int64[n] -- component of each station; 0 comes first along the hand-overs
    members : int64[n] -- stations, component by component
    first : int64[n_components + 1] -- offsets into ``members``
    """
    offset = np.zeros(n + 1, np.int64)
    for i in range(len(origin)):
        offset[origin[i] + 1] += 1
    for s in range(n):
        offset[s + 1] += offset[s]
    heads, cursor = np.empty(len(origin), np.int64), offset[:-1].copy()
    for i in range(len(origin)):
        heads[cursor[origin[i]]] = destination[i]
        cursor[origin[i]] += 1

    cursor = offset[:-1].copy()
    index, low = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    component = np.full(n, -1, np.int64)
    path, open_stations = np.empty(n, np.int64), np.empty(n, np.int64)
    members, first = np.empty(n, np.int64), np.zeros(n + 1, np.int64)
    n_open, n_found, counter, n_members = 0, 0, 0, 0
    for root in range(n):  # Tarjan (1972), without recursion
        if index[root] >= 0:
            continue
        path[0], depth = root, 1
        while depth > 0:
            s = path[depth - 1]
            if index[s] < 0:
                index[s] = low[s] = counter
                counter += 1
                open_stations[n_open] = s
                n_open += 1
            if cursor[s] < offset[s + 1]:
                head = heads[cursor[s]]
                cursor[s] += 1
                if index[head] < 0:
                    path[depth] = head
                    depth += 1
                elif component[head] < 0:
                    low[s] = min(low[s], index[head])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[s])
            if low[s] == index[s]:
                while True:
                    n_open -= 1
                    member = open_stations[n_open]
                    component[member] = n_found
                    members[n_members] = member
                    n_members += 1
                    if member == s:
                        break
                n_found += 1
                first[n_found] = n_members
    # Tarjan finds the last component first: turn everything round
    turned, turned_first = np.empty(n, np.int64), np.zeros(n_found + 1, np.int64)
    k = 0
    for c in range(n_found):
        source = n_found - 1 - c
        for i in range(first[source], first[source + 1]):
            turned[k] = members[i]
            component[members[i]] = c
            k += 1
        turned_first[c + 1] = k
    return component, turned, turned_first
