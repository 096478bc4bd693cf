using System.Net;
using StreamPipes.Common;

namespace StreamPipes.Listening;

/// <summary>Clients that are streams, one from each call of a function.</summary>
internal sealed class StreamSource : IClientSource
{
    private readonly Func<CancellationToken, ValueTask<Stream>> _accept;
    private readonly IDisposable? _owned;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<bool> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile Task _accepting = Task.CompletedTask;

    /// <param name="localEndPoint">What the listener says of itself.</param>
    /// <param name="accept">Waits for the next client.</param>
    /// <param name="owned">What is disposed at the end, when the function is no longer at work.</param>
    public StreamSource(EndPoint localEndPoint, Func<CancellationToken, ValueTask<Stream>> accept, IDisposable? owned = null)
    {
        LocalEndPoint = localEndPoint;
        _accept = accept;
        _owned = owned;
    }

    public EndPoint LocalEndPoint { get; }

    private bool IsOwn => _owned is not null;

    /// <summary>A function that does not heed its token is left behind at the stop, and its stream disposed when it comes.</summary>
    public async Task<Client> AcceptAsync()
    {
        Task<Stream> accepting = AcceptStreamAsync();
        _accepting = accepting;
        if (await Task.WhenAny(accepting, _closed.Task).ConfigureAwait(false) == accepting) return new Client(await accepting.ConfigureAwait(false));
        ObservedTask.ObserveLater(DropAsync(accepting));
        if (IsOwn) await Task.WhenAny(accepting).ConfigureAwait(false);
        throw new ObjectDisposedException(nameof(PipeListener));
    }

    /// <summary>The library's own function heeds its token: a client of the next listener of that name must not come to this one.</summary>
    public Task CloseAsync()
    {
        _closed.TrySetResult(true);

        // What is registered with the token may block, and is not to hold up the stop.
        Task ended = Task.Run(EndAsync);
        ObservedTask.ObserveLater(ended);
        return IsOwn ? Task.WhenAny(ended) : Task.CompletedTask;
    }

    private async Task EndAsync()
    {
        Cancellation.Fire(_stop);
        await Task.WhenAny(_accepting).ConfigureAwait(false);
        _owned?.Dispose();
    }

    private static async Task DropAsync(Task<Stream> accepting) => (await accepting.ConfigureAwait(false)).Dispose();

    private async Task<Stream> AcceptStreamAsync()
    {
        Stream stream = await _accept(_stop.Token).ConfigureAwait(false) ?? throw new InvalidOperationException("The function that accepts clients has returned no stream: it must wait for one, or throw.");
        try
        {
            StreamRequirements.Duplex(stream, "accept");
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
