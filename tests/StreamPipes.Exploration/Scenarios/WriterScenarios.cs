using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Scheduling;
using StreamPipes.Sending;
using StreamPipes.State;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>What a connection's end reports to, alone.</summary>
internal sealed class ScriptedEvents : IConnectionEvents
{
    public bool IsOneWay => true;

    public Task Completion => Task.CompletedTask;

    /// <summary>Whether the send pump has come to its orderly end.</summary>
    public bool HasShutDown { get; private set; }

    public void OnInputCompleted()
    {
    }

    public void OnOutputCompleted()
    {
    }

    public void OnReceiveEnded()
    {
    }

    public void OnSendEnded()
    {
    }

    public void Abort(Exception? reason) => SimulatedFailure.Throw("the connection is aborted");

    public Task ShutdownWritesAsync()
    {
        HasShutDown = true;
        return Task.CompletedTask;
    }

    public Exception NotAllowed(string what) => new InvalidOperationException(what);
}

/// <summary>
/// A writer alone flushes, while another thread completes it: the writing is ended once, by one of them, so that the pump, which runs afterwards,
/// sends what was accepted and comes to its end.
/// </summary>
internal sealed class WriterCompletes : Scenario
{
    private readonly ScriptedTransport _transport = new(isKnown: false);
    private readonly ScriptedEvents _events = new();
    private readonly CheckedPool _pool = new(8);
    private readonly SendPump _pump;
    private readonly ConnectionWriter _writer;
    private readonly Tally _accepted = new("accepted");

    public WriterCompletes()
    {
        ConnectionState state = new(hasInput: false, hasOutput: true);
        PipeConnectionOptions options = new()
        {
            SendPipeOptions = new PipeOptions(_pool, new Forgetting(), PipeScheduler.ThreadPool, minimumSegmentSize: 8, useSynchronizationContext: false),
        };
        _pump = new SendPump(state, _events, _transport, options, limits: null);
        _writer = new ConnectionWriter(state, _events, dialogue: null, _pump, options);
    }

    public override void Run()
    {
        Start(
            "writer",
            () =>
            {
                ValueTask<FlushResult> write = _writer.WriteAsync(new byte[] { 1 });
                if (write.IsCompletedSuccessfully) _accepted.Add(1);
            });
        Start("completer", () => _writer.Complete());
    }

    public override void Check()
    {
        ((PumpSignal.IPump)_pump).Run();
        Assert(_events.HasShutDown, "nobody has ended the writing");
        Assert(_transport.Written.Count >= _accepted.Value, "what was accepted has not been sent");
        Assert(_pool.Rented == 0, $"{_pool.Rented} blocks have not been given back");
    }

    /// <summary>The pump runs when the scenario is over.</summary>
    private sealed class Forgetting : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state)
        {
            // It is run later, by hand.
        }
    }
}
