using StreamPipes.Fuzzing.Running;
using StreamPipes.Transports;

namespace StreamPipes.Fuzzing.Replay;

/// <summary>Steps of a reader and of the stream below, in the order of the fuzzer's bytes, then all the rest to the end.</summary>
internal sealed class ReplaySession(ReplayPlan plan)
{
    private const int MostSteps = 200;

    private readonly List<PendingRead> _reads = [];
    private ReplaySource _source = null!;
    private PendingRead? _pending;
    private long _taken;
    private bool _hasEnded;

    private Stream Stream => _source.Stream;

    private bool HasSomething => _source.Fed > _taken || _source.IsOver;

    /// <summary>Where there was nothing to replay the stream is the one below.</summary>
    private bool CanGiveUp => Stream is ReplayStream || plan.HonoursTokens;

    public async Task RunAsync(FuzzBytes bytes)
    {
        _source = await ReplaySource.MakeAsync(plan);
        _taken = _source.ReadBefore;
        for (int i = 0; i < MostSteps && !bytes.IsAtEnd && !_hasEnded; i++) await StepAsync(bytes);
        await FinishAsync();
    }

    private async Task StepAsync(FuzzBytes bytes)
    {
        int step = bytes.Next() % 10;
        Watchdog.Stage = $"step {step}, {(plan.IsDetached ? "detached" : "made")}";
        Feedback.Note($"{step} {plan.KeepsReads} {plan.IsBlocking} {_pending is not null} {HasSomething} {_source.IsOver} {_source.Fed == _taken}");
        switch (step)
        {
            case 0:
                _source.Feed(bytes.NextLength());
                break;
            case 1 or 2 when _pending is null:
                Begin(new PendingRead(Stream, bytes.NextLength(), bytes.Next(), hasToken: step == 2));
                break;
            case 3:
                await GiveUpAsync();
                break;
            case 4:
                await RaceAsync(bytes.NextLength());
                break;
            case 5 when _pending is null:
                await ReadBlockingAsync(bytes.NextLength(), bytes.Next());
                break;
            case 6 when _pending is null && CanGiveUp:
                await EndGivenUpAsync(new PendingRead(Stream, bytes.NextLength(), bytes.Next(), hasToken: true, isDead: true));
                break;
            case 7:
                _source.End(plan.EndsWithFault);
                break;
            case 8 when _pending is null:
                Begin(new PendingRead(Stream, 0, 0, hasToken: bytes.Next() % 2 == 1));
                break;
            case 9 when _pending is not null && !HasSomething:
                _source.Feed(1 + bytes.Next());
                break;
        }

        if (_pending is { } read && HasSomething) await EndAsync(read);
    }

    private void Begin(PendingRead read)
    {
        _reads.Add(read);
        _pending = read;
    }

    /// <summary>A read for which there is something: it ends.</summary>
    private async Task EndAsync(PendingRead read)
    {
        _pending = null;
        try
        {
            int count = await read.Task;
            Take(read.Bytes(count), read.IsEmpty);
        }
        catch (IOException fault) when (ReferenceEquals(fault, _source.Fault))
        {
            FoundException.Unless(_taken == _source.Fed, "the fault came before the last byte");
            _hasEnded = true;
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, bool isEmptyRead)
    {
        FoundException.Unless(_taken + bytes.Length <= _source.Fed, "a read brought more than there was");
        FoundException.Unless(Content.Is(bytes, _taken), $"a read brought something else than byte {_taken} and those that follow");
        _taken += bytes.Length;
        if (!bytes.IsEmpty || isEmptyRead) return;
        FoundException.Unless(_source.IsOver && _taken == _source.Fed && _source.Fault is null, $"a false end after byte {_taken} of {_source.Fed}");
        _hasEnded = true;
    }

    private async Task GiveUpAsync()
    {
        if (_pending is not { HasToken: true } read || !CanGiveUp) return;
        read.Cancel();
        await EndGivenUpAsync(read);
    }

    /// <summary>It ends by its token, or by what came first. Nothing is lost either way.</summary>
    private async Task EndGivenUpAsync(PendingRead read)
    {
        _reads.Add(read);
        try
        {
            await EndAsync(read);
        }
        catch (OperationCanceledException canceled)
        {
            FoundException.Unless(read.IsTokenOf(canceled), "a read ended by somebody else's token");
            read.Leave();
        }
    }

    private async Task RaceAsync(int count)
    {
        if (_pending is not { HasToken: true } read || !CanGiveUp) return;
        await Task.WhenAll(Task.Run(read.Cancel), Task.Run(() => _source.Feed(count)));
        await EndGivenUpAsync(read);
    }

    /// <summary>Where there is nothing yet it comes from another thread.</summary>
    private async Task ReadBlockingAsync(int length, byte flavour)
    {
        Task feeding = Task.CompletedTask;
        if (!HasSomething)
        {
            int fed = 1 + flavour;
            feeding = Task.Run(() => _source.Feed(fed));
        }

        byte[] memory = new byte[length];
        try
        {
            int count = (flavour % 3) switch
            {
                0 => Stream.Read(memory, 0, length),
                1 => Stream.Read(memory.AsSpan()),
                2 when length == 1 => ReadByte(memory),
                _ => Stream.EndRead(Stream.BeginRead(memory, 0, length, null, null)),
            };
            await feeding;
            Take(memory.AsSpan(0, count), length == 0);
        }
        catch (IOException fault) when (ReferenceEquals(fault, _source.Fault))
        {
            FoundException.Unless(_taken == _source.Fed, "the fault came before the last byte");
            _hasEnded = true;
        }
    }

    private int ReadByte(byte[] memory)
    {
        int value = Stream.ReadByte();
        memory[0] = (byte)value;
        return value < 0 ? 0 : 1;
    }

    private async Task FinishAsync()
    {
        Watchdog.Stage = "on the way to the end";
        if (_pending is not null && !HasSomething) _source.Feed(3);
        if (_pending is { } read) await EndAsync(read);
        _source.End(plan.EndsWithFault);
        for (int size = 1; !_hasEnded; size = (size * 3) % 40_000) await EndAsync(new PendingRead(Stream, 1 + size, (byte)size, hasToken: size % 2 == 0));
        FoundException.Unless(_taken == _source.Fed, $"{_taken} of {_source.Fed} bytes have come");
        if (_source.Fault is null && Stream is ReplayStream) await MustStayAtTheEndAsync();
        Watchdog.Stage = "in the dispose";
        if (plan.IsDisposedBlocking) Stream.Dispose();
        else await Stream.DisposeAsync();
        FoundException.Unless(_source.Script.IsDisposed, "the stream below was not disposed");
        FoundException.Unless(_source.Script.Violation is null, $"below: {_source.Script.Violation}");
        foreach (PendingRead left in _reads) left.MustBeAsLeft();
    }

    private async Task MustStayAtTheEndAsync()
    {
        byte[] memory = new byte[4];
        FoundException.Unless(Stream.Read(memory, 0, 4) == 0 && Stream.Read(memory.AsSpan()) == 0 && Stream.ReadByte() < 0, "there is something after the end");
        FoundException.Unless(await Stream.ReadAsync(memory) == 0 && await Stream.ReadAsync(memory, 0, 4) == 0, "there is something after the end");
    }
}
