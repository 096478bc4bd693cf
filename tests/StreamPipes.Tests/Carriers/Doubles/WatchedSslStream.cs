using System.Net.Security;

namespace StreamPipes.Tests.Carriers;

/// <summary>An <see cref="SslStream"/> whose dispose is watched.</summary>
internal sealed class WatchedSslStream(Stream inner, CrashWatch watch) : SslStream(inner)
{
    private readonly CrashWatch.Watched _watch = watch.New();

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
