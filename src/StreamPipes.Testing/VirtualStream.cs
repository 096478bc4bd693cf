using System.Net;
using StreamPipes.Testing.Links;
using StreamPipes.Transports;

namespace StreamPipes.Testing;

/// <summary>
/// One side of a connection of a <see cref="VirtualNetwork"/>, as a stream: it behaves like that of a socket. A read returns what has arrived, in any cuts; a write ends
/// when its bytes are on their way, and waits while the window is full.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> Its owner disposes it. With bytes that have arrived and were not read, the dispose resets the connection, as that of a socket does; otherwise
/// the other side gets the end.</para>
/// <para><b>Concurrency.</b> On the thread of the run only: one read and one write at a time, concurrently with each other. A call from another thread throws
/// <see cref="InvalidOperationException"/> and ends the run.</para>
/// <para><b>Errors.</b> After a reset, reads and writes throw an <see cref="IOException"/> around a <see cref="System.Net.Sockets.SocketException"/>. The blocking methods
/// throw <see cref="NotSupportedException"/>: nothing else could happen while they wait.</para>
/// <para><b>Cancellation.</b> A cancelled read loses nothing. A cancelled write has sent as much as the window took.</para>
/// </remarks>
public sealed class VirtualStream : TestStream, IOwnStream
{
    private static readonly StreamTraits OwnTraits = new()
    {
        WaitsOnEmptyReads = true,
        NeverBlocks = true,
        SurvivesCanceledRead = true,
        MayCancelReads = true,
        HasHalfClose = true,
    };

    private readonly VirtualLink _link;
    private readonly LinkSide _side;

    internal VirtualStream(VirtualLink link, LinkSide side)
    {
        _link = link;
        _side = side;
    }

    /// <inheritdoc/>
    public override bool CanRead => !_side.IsDisposed;

    /// <inheritdoc/>
    public override bool CanWrite => !_side.IsDisposed;

    StreamTraits IOwnStream.Traits => OwnTraits;

    /// <summary>Half-closes: the other side gets the end after everything that was written, and reading continues. Later calls do nothing.</summary>
    public void ShutdownWrites() => _side.Outgoing.End();

    /// <summary>Resets the connection: this side at once, the other when the reset reaches it. What is on its way is lost.</summary>
    public void Reset() => _link.ResetBy(_side);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _side.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _side.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw MustNotBlock();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw MustNotBlock();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _side.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    ValueTask IOwnStream.ShutdownWritesAsync()
    {
        ShutdownWrites();
        return default;
    }

    void IOwnStream.Abort() => Reset();

    string IOwnStream.Describe(EndPoint? local, EndPoint? remote) => ToString();

    /// <summary>For logs and debuggers: which side of which connection it is.</summary>
    /// <returns>Such as "virtual stream of client 1".</returns>
    public override string ToString() => $"virtual stream of {_side.Name}";

    private static NotSupportedException MustNotBlock() => new("A virtual stream cannot block its thread, which is that of the whole run. Read and write it asynchronously.");
}
