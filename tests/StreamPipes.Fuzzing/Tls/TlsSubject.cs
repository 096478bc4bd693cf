using System.Buffers;
using System.IO.Pipelines;
using System.Security.Authentication;
using StreamPipes.Fuzzing.Running;

namespace StreamPipes.Fuzzing.Tls;

/// <summary>The connection under test: a handshake, reads to the end, an answer, a dispose. Only documented errors may come, each where it is documented.</summary>
internal sealed class TlsSubject(TlsPlan plan)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ArrayBufferWriter<byte> _received = new();

    public ReadOnlySpan<byte> Received => _received.WrittenSpan;

    public bool HasConnected { get; private set; }

    /// <summary>What the reading ended with; null for an orderly end.</summary>
    public Exception? ReadError { get; private set; }

    public CloseReason CloseReason { get; private set; }

    /// <summary>Whether a time limit has passed, which on a busy machine it may although nothing is missing.</summary>
    public bool HasTimedOut { get; private set; }

    public async Task RunAsync(Stream carrier)
    {
        if (await ConnectAsync(carrier) is not { } connection) return;
        HasConnected = true;
        Task answering = AnswerAsync(connection.Output);
        Watchdog.Stage = "in a read";
        ReadError = await DocumentedAsync("read", ReadAsync(connection.Input));
        Watchdog.Stage = "in the answer";
        await DocumentedAsync("answer", answering);
        Watchdog.Stage = "in the dispose";
        await connection.DisposeAsync();
        Watchdog.Stage = "at the end";
        Exception? completion = await DocumentedAsync("completion", connection.Completion);
        CloseReason = connection.CloseReason;
        bool isOrderly = CloseReason is CloseReason.LocalClose or CloseReason.RemoteClose or CloseReason.Truncated;
        FoundException.Unless(isOrderly == completion is null, $"the connection ended by {CloseReason}, and with {completion?.Message ?? "no error"}");
    }

    private async Task<PipeConnection?> ConnectAsync(Stream carrier)
    {
        Watchdog.Stage = "in the handshake";
        PipeConnectionOptions options = new()
        {
            HandshakeTimeout = Patience,
            IdleTimeout = Patience,
            CloseTimeout = Patience,
            RequireCloseNotify = plan.RequiresCloseNotify,
        };
        Task<PipeConnection> handshake = plan.IsClient
            ? TlsConnection.AuthenticateAsClientAsync(carrier, Peer.ClientOptions(plan.Protocol), options)
            : TlsConnection.AuthenticateAsServerAsync(carrier, Peer.ServerOptions(plan.Protocol), options);
        return await DocumentedAsync("handshake", handshake) is null ? await handshake : null;
    }

    private async Task ReadAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            foreach (ReadOnlyMemory<byte> memory in result.Buffer) _received.Write(memory.Span);
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    private static async Task AnswerAsync(PipeWriter output)
    {
        await output.WriteAsync("still here"u8.ToArray());
        await output.CompleteAsync();
    }

    private async Task<Exception?> DocumentedAsync(string what, Task task)
    {
        try
        {
            await task;
            Feedback.Note($"{what} ended");
            return null;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or TimeoutException)
        {
            Feedback.Note($"{what} {exception.GetType()} {exception.InnerException?.GetType()} {exception.InnerException?.InnerException?.Message ?? exception.InnerException?.Message ?? exception.Message}");
            HasTimedOut |= exception is TimeoutException;
            return exception;
        }
    }
}
