using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StreamPipes.Dialing;

namespace StreamPipes.Tests.Dialing;

/// <summary>A network in which a test decides who answers, and when. Its sockets are real, and connected to nothing.</summary>
internal sealed class ScriptedConnector : Connector
{
    private readonly ConcurrentDictionary<IPAddress, TaskCompletionSource<Socket>> _answers = new();
    private readonly SemaphoreSlim _begun = new(0);

    public IPAddress[] Addresses { get; init; } = [];

    /// <summary>What the resolver waits for.</summary>
    public Task Resolved { get; init; } = Task.CompletedTask;

    /// <summary>Whether a try stays as it is when its token fires.</summary>
    public bool IgnoresTokens { get; init; }

    /// <summary>The addresses that were tried, in their order.</summary>
    public ConcurrentQueue<IPAddress> Tried { get; } = new();

    /// <summary>Those whose token has fired before they had an answer.</summary>
    public ConcurrentQueue<IPAddress> GivenUp { get; } = new();

    public override async Task<IPAddress[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellationToken)
    {
        await Resolved;
        return Addresses;
    }

    public override async Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        IPAddress address = ((IPEndPoint)endPoint).Address;
        Task<Socket> answer = AnswerOf(address).Task;
        Tried.Enqueue(address);
        _begun.Release();
        try
        {
            return await answer.WaitAsync(IgnoresTokens ? CancellationToken.None : cancellationToken);
        }
        catch (OperationCanceledException)
        {
            GivenUp.Enqueue(address);
            throw;
        }
    }

    /// <summary>Ends when one more address is tried.</summary>
    public Task NextAsync() => _begun.WaitAsync();

    public Socket Answer(string address)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        AnswerOf(IPAddress.Parse(address)).SetResult(socket);
        return socket;
    }

    public void Fail(string address, Exception error) => AnswerOf(IPAddress.Parse(address)).SetException(error);

    private TaskCompletionSource<Socket> AnswerOf(IPAddress address) =>
        _answers.GetOrAdd(address, static _ => new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously));
}
