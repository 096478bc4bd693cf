using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using StreamPipes.Common;

namespace StreamPipes.Transports;

/// <summary>Sends several pieces of memory by one system call. One batch at a time; list and operation are reused.</summary>
internal sealed class GatheredSend : SocketAsyncEventArgs, IValueTaskSource<int>
{
    private const int MostSegments = 64;

    /// <summary>Below this average it costs less to copy the pieces side by side than to name each to the kernel.</summary>
    private const int LeastAverage = 512;

    private readonly List<ArraySegment<byte>> _segments = new(capacity: 8);
    private ManualResetValueTaskSourceCore<int> _core;

    public GatheredSend()
        : base(true)
    {
    }

    public bool HasMore => _segments.Count > 0;

    /// <summary>Takes a batch of a few sizeable arrays; anything else it leaves.</summary>
    public bool TryTake(in ReadOnlySequence<byte> batch)
    {
        _segments.Clear();
        foreach (ReadOnlyMemory<byte> memory in batch)
        {
            if (memory.IsEmpty) continue;
            if (_segments.Count == MostSegments || !MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment))
            {
                _segments.Clear();
                return false;
            }

            _segments.Add(segment);
        }

        if (_segments.Count > 0 && batch.Length / _segments.Count >= LeastAverage) return true;
        _segments.Clear();
        return false;
    }

    public ValueTask<int> SendAsync(Socket socket)
    {
        _core.Reset();
        BufferList = _segments;
        if (socket.SendAsync(this)) return new ValueTask<int>(this, _core.Version);
        return SocketError == SocketError.Success ? new ValueTask<int>(BytesTransferred) : ObservedTask.Create<int>(new SocketException((int)SocketError));
    }

    /// <summary>Drops what the socket has taken; usually that is all.</summary>
    public void MarkSent(int count)
    {
        int whole = 0;
        while (whole < _segments.Count && count >= _segments[whole].Count) count -= _segments[whole++].Count;
        _segments.RemoveRange(0, whole);
        if (count > 0) _segments[0] = _segments[0].Slice(count);
    }

    /// <summary>Lets go of the memory of the last batch.</summary>
    public void Clear()
    {
        _segments.Clear();
        if (BufferList is not null) BufferList = null;
    }

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (SocketError == SocketError.Success) _core.SetResult(BytesTransferred);
        else _core.SetException(new SocketException((int)SocketError));
    }
}
