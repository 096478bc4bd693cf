using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Model;

internal sealed partial class ModelSide
{
    private long _consumed;
    private long _examined;
    private bool _inputCompleted;
    private bool _sawEnd;
    private bool _owesCancelledRead;

    /// <summary>Whether a read was pending when it was cancelled: it may just have had its result, and then the next one is cancelled.</summary>
    private bool _mayOutrunCancellation;
    private int _minimum;
    private Task<ReadResult>? _read;

    /// <summary>Whether a read must end: there is something it has not seen, enough with what was kept, or the end.</summary>
    private bool MustEnd => _owesCancelledRead || _sawEnd || (!IsAnyoneTroubled && Peer._flushed > _examined && Peer._flushed - _consumed >= _minimum);

    /// <summary>Whether a read must wait: nothing is there that it has not seen, or not enough.</summary>
    private bool MustWait => !IsAnyoneTroubled && !_owesCancelledRead && !_sawEnd && !Peer._outputCompleted
        && (Peer._written == _examined || Peer._written - _consumed < _minimum);

    private async Task ReadAsync(Step step)
    {
        if (_inputCompleted)
        {
            await Assert.ThrowsAnyAsync<InvalidOperationException>(() => Connection.Input.ReadAsync().Guarded());
            return;
        }

        if (_read is null && step.Kind == StepKind.ReadWithToken) await ReadWithTokenAsync(step.Variant);
        else if (_read is null) BeginRead(step.Kind == StepKind.ReadAtLeast ? step.Size : 0);
        await SettleReadAsync(step.Variant);
    }

    private void BeginRead(int minimum)
    {
        _minimum = minimum;
        _read = minimum > 0 ? Connection.Input.ReadAtLeastAsync(minimum).AsTask() : Connection.Input.ReadAsync().AsTask();
    }

    private async Task ReadWithTokenAsync(int variant)
    {
        using CancellationTokenSource source = new();
        _minimum = 0;
        Task<ReadResult> read = Connection.Input.ReadAsync(source.Token).AsTask();
        await source.CancelAsync();
        try
        {
            await read.Guarded();
        }
        catch (OperationCanceledException e) when (e.CancellationToken == source.Token)
        {
            MustEndBeforeCancel.Should().BeFalse("a cancelled read takes nothing away");
            return;
        }
        catch (Exception e) when (e is not HangException)
        {
            Meet(e);
            return;
        }

        _read = read;
        await NoteReadAsync(variant);
    }

    /// <summary>A read that finds a cancellation waiting ends with that, and not with its token.</summary>
    private bool MustEndBeforeCancel => _owesCancelledRead && !IsAnyoneTroubled;

    private async Task SettleReadAsync(int variant)
    {
        if (_read is null) return;
        if (MustEnd) await Task.WhenAny(_read).Guarded();
        else if (MustWait) _read.IsCompleted.Should().BeFalse("there is nothing for {0} to read", this);
        if (_read.IsCompleted) await NoteReadAsync(variant);
    }

    private void TryRead(Step step)
    {
        if (_inputCompleted || _read is not null) return;
        try
        {
            _minimum = 0;
            bool mustWait = MustWait;
            if (!Connection.Input.TryRead(out ReadResult result)) return;
            mustWait.Should().BeFalse("there is nothing for {0} to read", this);
            Take(result, step.Variant);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            Meet(e);
        }
    }

    private async Task CancelPendingReadAsync()
    {
        if (_inputCompleted) return;
        await SettleReadAsync(variant: 0);
        _mayOutrunCancellation = _read is not null;
        Connection.Input.CancelPendingRead();
        _owesCancelledRead = true;
        await SettleReadAsync(variant: 0);
    }

    private void CompleteInput()
    {
        _inputCompleted = true;
        Connection.Input.Complete();
    }

    private async Task NoteReadAsync(int variant)
    {
        Task<ReadResult> read = _read!;
        _read = null;
        try
        {
            ReadResult result = await read.Guarded();

            // After the end a buffer that is still out is given back all the same, and its use refused.
            if (!_inputCompleted) Take(result, variant);
            else Record.Exception(() => Connection.Input.AdvanceTo(result.Buffer.End)).Should().BeAssignableTo<InvalidOperationException>();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            Meet(e);
        }
    }

    /// <summary>Every byte is the right one, none comes twice, none is missing at the end, and a cancellation is seen once.</summary>
    private void Take(in ReadResult result, int variant)
    {
        ReadOnlySequence<byte> buffer = result.Buffer;
        long position = _consumed;
        foreach (ReadOnlyMemory<byte> memory in buffer)
        {
            foreach (byte value in memory.Span)
            {
                if (value != ContentAt(Peer._content, position)) throw new InvalidDataException($"Byte {position} of {Peer} is wrong at {this}.");
                position++;
            }
        }

        position.Should().BeLessThanOrEqualTo(Peer._written);
        if (result.IsCanceled) _owesCancelledRead.Should().BeTrue("a cancellation is seen once at {0}", this);
        else if (!IsAnyoneTroubled && !_mayOutrunCancellation) _owesCancelledRead.Should().BeFalse("a cancellation is not forgotten at {0}", this);
        if (!IsAnyoneTroubled && result is { IsCanceled: false, IsCompleted: false }) position.Should().BeGreaterThanOrEqualTo(Math.Max(_examined, _consumed + _minimum));
        _owesCancelledRead &= !result.IsCanceled && _mayOutrunCancellation;
        _mayOutrunCancellation = false;
        if (result.IsCompleted) NoteEnd(position);
        ReadOnlySequence<byte> taken = buffer.Slice(0, buffer.Length * Math.Min(variant, 4) / 4);
        bool examinesAll = variant < 5;
        _consumed += taken.Length;
        Connection.Input.AdvanceTo(taken.End, examinesAll ? buffer.End : taken.End);
        _examined = Math.Max(_examined, examinesAll ? position : _consumed);
    }

    private void NoteEnd(long position)
    {
        _sawEnd = true;
        if (IsAnyoneTroubled) return;
        Peer._outputCompleted.Should().BeTrue("{0} has not ended", Peer);
        position.Should().Be(Peer._written, "every byte of {0} comes before its end", Peer);
    }
}
