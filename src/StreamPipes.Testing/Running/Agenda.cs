namespace StreamPipes.Testing.Running;

/// <summary>Timed work by its time: a binary heap, since .NET Standard has no queue with priorities.</summary>
internal sealed class Agenda
{
    private readonly List<TimedWork> _heap = [];

    public void Add(TimedWork work)
    {
        _heap.Add(work);
        int at = _heap.Count - 1;
        while (at > 0 && work.IsBefore(_heap[(at - 1) / 2]))
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = work;
    }

    /// <returns>What is due next; <see langword="null"/> when nothing is left that has not been cancelled.</returns>
    public TimedWork? Peek()
    {
        while (_heap.Count > 0 && _heap[0].IsCanceled) RemoveFirst();
        return _heap.Count == 0 ? null : _heap[0];
    }

    public void RemoveFirst()
    {
        TimedWork last = _heap[_heap.Count - 1];
        _heap.RemoveAt(_heap.Count - 1);
        if (_heap.Count == 0) return;
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _heap.Count) break;
            if (child + 1 < _heap.Count && _heap[child + 1].IsBefore(_heap[child])) child++;
            if (!_heap[child].IsBefore(last)) break;
            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = last;
    }
}
