using System.IO.Pipes;
using StreamPipes.Listening;

namespace StreamPipes.Tests.Listening;

/// <summary>Clients of a named pipe.</summary>
public sealed class NamedPipeListenerTests
{
    private readonly string _name = $"streampipes-{Guid.NewGuid():N}";
    private readonly FaultLog _faults = new();

    [Fact]
    public async Task Fifty_clients_that_come_at_once_are_all_served()
    {
        await using PipeListener listener = StreamConnection.ListenNamedPipe(_name, new PipeListenerOptions { OnConnectionFault = _faults.Add });
        Task serving = listener.ServeAsync(Clients.EchoAsync);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            await using PipeConnection client = await ConnectAsync();
            await Clients.ShouldEchoAsync(client);
            await client.Output.CompleteAsync().AsTask().Guarded();
        }));

        listener.LocalEndPoint.ToString().Should().Be($"named pipe {_name}");
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        _faults.All.Should().BeEmpty();
    }

    [Fact]
    public async Task A_client_may_connect_before_a_caller_waits_for_it()
    {
        await using PipeListener listener = StreamConnection.ListenNamedPipe(_name);
        await using PipeConnection client = await ConnectAsync();

        await using PipeConnection server = await listener.AcceptAsync().AsTask().Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task After_the_stop_the_name_is_free_for_the_next_listener()
    {
        for (int i = 0; i < 3; i++)
        {
            await using PipeListener listener = StreamConnection.ListenNamedPipe(_name);
            Task serving = listener.ServeAsync(Clients.EchoAsync);
            await using PipeConnection client = await ConnectAsync();
            await Clients.ShouldEchoAsync(client);
            await client.DisposeAsync().Guarded();
            await listener.DisposeAsync().Guarded();
            await serving.Guarded();
        }
    }

    [Fact]
    public async Task After_the_stop_no_client_can_come_to_the_listener_any_more()
    {
        for (int i = 0; i < 100; i++)
        {
            await using PipeListener listener = StreamConnection.ListenNamedPipe(_name);
            Task serving = listener.ServeAsync(Clients.EchoAsync);
            await listener.DisposeAsync().Guarded();

            // Another instance of the name could take a client of the next listener.
            await using NamedPipeClientStream late = new(".", _name, PipeDirection.InOut, System.IO.Pipes.PipeOptions.Asynchronous);
            late.Invoking(client => client.Connect(0)).Should().Throw<TimeoutException>();
            await serving.Guarded();
        }
    }

    [Fact]
    public async Task A_source_is_closed_once_its_accept_has_ended_and_what_waits_is_disposed()
    {
        TaskCompletionSource<Stream> accept = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource token = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using MemoryStream waiting = new();
        StreamSource source = new(new SourceEndPoint("test"), cancellationToken => Accept(cancellationToken), waiting);
        Task<Client> accepting = source.AcceptAsync();

        Task closed = source.CloseAsync();
        await token.Task.Guarded();
        (closed.IsCompleted, waiting.CanRead).Should().Be((false, true), "a client could come to it still");
        accept.SetException(new OperationCanceledException());

        await closed.Guarded();
        waiting.CanRead.Should().BeFalse();
        await Assert.ThrowsAnyAsync<Exception>(() => accepting.Guarded());

        ValueTask<Stream> Accept(CancellationToken cancellationToken)
        {
            cancellationToken.Register(token.SetResult);
            return new ValueTask<Stream>(accept.Task);
        }
    }

    [Fact]
    public async Task A_token_ends_one_wait_and_the_next_has_the_client()
    {
        await using PipeListener listener = StreamConnection.ListenNamedPipe(_name);
        using CancellationTokenSource source = new();
        Task<PipeConnection> given = listener.AcceptAsync(source.Token).AsTask();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Guarded());

        await using PipeConnection client = await ConnectAsync();
        await using PipeConnection server = await listener.AcceptAsync().AsTask().Guarded();

        await PipeExtensions.ShouldTalkAsync(client, server);
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task A_client_is_served_although_no_further_instance_can_be_opened_and_the_next_one_when_it_can()
    {
        NamedPipeServerStream other = new(_name, PipeDirection.InOut, maxNumberOfServerInstances: 2, PipeTransmissionMode.Byte, System.IO.Pipes.PipeOptions.Asynchronous);
        await using PipeListener listener = StreamConnection.ListenNamedPipe(_name, new PipeListenerOptions { OnConnectionFault = _faults.Add });
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        await using PipeConnection first = await ConnectAsync();
        await Clients.ShouldEchoAsync(first);

        await _faults.NextAsync();
        await other.DisposeAsync();
        await using PipeConnection second = await ConnectAsync();
        await Clients.ShouldEchoAsync(second);

        _faults.All.Should().OnlyContain(fault => fault.Error is IOException);
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_named_pipe_has_a_name(string? name)
    {
        Action listening = () => StreamConnection.ListenNamedPipe(name!);
        listening.Should().Throw<ArgumentException>().WithMessage("A named pipe has a name.*");
    }

    private async Task<PipeConnection> ConnectAsync()
    {
        NamedPipeClientStream client = new(".", _name, PipeDirection.InOut, System.IO.Pipes.PipeOptions.Asynchronous);
        await client.ConnectAsync().Guarded();
        return StreamConnection.Create(client);
    }
}
