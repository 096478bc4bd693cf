using System.IO.Compression;

namespace StreamPipes.Tests.Carriers;

/// <summary>A <see cref="DeflateStream"/> whose dispose is watched. It leaves the stream under it open.</summary>
internal sealed class WatchedDeflateStream : DeflateStream
{
    private readonly CrashWatch.Watched _watch;

    public WatchedDeflateStream(Stream inner, CompressionMode mode, CrashWatch watch)
        : base(inner, mode, leaveOpen: true)
    {
        _watch = watch.New();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _watch.Enter();
        return _watch.RunAsync(base.ReadAsync(buffer, cancellationToken));
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _watch.Enter();
        return _watch.RunAsync(base.WriteAsync(buffer, cancellationToken));
    }

    public override ValueTask DisposeAsync()
    {
        _watch.NoteDispose();
        return base.DisposeAsync();
    }
}
