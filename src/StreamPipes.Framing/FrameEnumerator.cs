using System.Buffers;

namespace StreamPipes.Framing;

/// <summary>Moves through the frames of a <see cref="FrameReader"/>. For the rules see there.</summary>
public readonly struct FrameEnumerator
{
    private readonly FrameReader _reader;
    private readonly CancellationToken _cancellationToken;

    internal FrameEnumerator(FrameReader reader, CancellationToken cancellationToken)
    {
        _reader = reader;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The frame, valid until the next move. Empty before the first move and after the last.</summary>
    public ReadOnlySequence<byte> Current => _reader.Current;

    /// <summary>Moves to the next frame, and waits for it if need be.</summary>
    /// <returns><see langword="false"/> if the stream has ended between two frames.</returns>
    /// <exception cref="FrameException">The next frame is too long, malformed, or cut off by the end of the stream.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or <see cref="System.IO.Pipelines.PipeReader.CancelPendingRead"/> called.</exception>
    public ValueTask<bool> MoveNextAsync() => _reader.MoveAsync(_cancellationToken);

    /// <summary>Gives the pipe reader back, see <see cref="FrameReader.Release"/>. The current frame counts as read.</summary>
    /// <returns>A task that has completed.</returns>
    public ValueTask DisposeAsync() => _reader.EndEnumeration();
}
