#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Faults;

internal sealed partial class FaultRun
{
    private Exception? _librarysOwn;

    /// <summary>Whether a CancelPendingRead has met no read yet.</summary>
    private bool _owesCancelledRead;

    /// <summary>How it ended.</summary>
    private async Task<FaultOutcome> LookAsync()
    {
        if (_case.Lies && _connection.CloseReason == CloseReason.ReadFault) _librarysOwn = _connection.Completion.Exception?.InnerException;
        Met detach = _detach is null ? Met.Anything : await MetByAsync(_detach);
        (Met input, string received) = await ReadToTheEndAsync();
        if (detach == Met.Success) received = await ReadReplayAsync((await _detach!).Stream);
        if (_flush is not null && _metByFlush == Met.Anything) _metByFlush = await MetByAsync(_flush);
        Met drain = _drain is null ? Met.Anything : await MetByAsync(_drain);
        return new FaultOutcome
        {
            Completion = await MetByAsync(_connection.Completion),
            CloseReason = _connection.CloseReason,
            Input = input,
            Received = received,
            Output = await MetByAsync(_connection.Output.FlushAsync().AsTask()),
            IsDisposed = _inputStream.IsDisposed && _outputStream.IsDisposed,
            Written = _outputStream.Written,
            Drain = drain,
            Flush = _metByFlush,
            Detach = detach,
        };
    }

    private async Task<(Met Met, string Received)> ReadToTheEndAsync()
    {
        StringBuilder received = new();
        while (true)
        {
            Task<ReadResult> read = _read ?? _connection.Input.ReadAsync().AsTask();
            _read = null;
            Met met = await MetByAsync(read);
            if (met == Met.ResultCancelled && _owesCancelledRead) (_owesCancelledRead, met) = (false, Met.Success);
            if (met is not (Met.Success or Met.End)) return (met, received.ToString());
            ReadResult result = await read;
            received.Append(Encoding.ASCII.GetString(result.Buffer));
            _connection.Input.AdvanceTo(result.Buffer.End);
            if (met == Met.End) return (met, received.ToString());
        }
    }

    private static async Task<string> ReadReplayAsync(Stream stream)
    {
        byte[] buffer = new byte[100];
        int read = await stream.ReadAsync(buffer).Guarded();
        return Encoding.ASCII.GetString(buffer, 0, read);
    }

    private async Task<Met> MetByAsync(Task task)
    {
        try
        {
            await task.Guarded();
        }
        catch (Exception e) when (e is not HangException)
        {
            return MetBy(e);
        }

        return task switch
        {
            Task<ReadResult> read => MetBy(await read),
            Task<FlushResult> flush when (await flush).IsCanceled => Met.ResultCancelled,
            _ => Met.Success,
        };
    }

    private static Met MetBy(in ReadResult result)
    {
        result.Should().Match<ReadResult>(r => !r.IsCanceled || !r.IsCompleted, "a cancellation never looks like the end");
        if (result.IsCanceled) return Met.ResultCancelled;
        return result.IsCompleted ? Met.End : Met.Success;
    }

    private Met MetBy(Exception thrown)
    {
        if (ReferenceEquals(thrown, _point.Error) || ReferenceEquals(thrown, _librarysOwn)) return Met.Injected;
        if (ReferenceEquals(thrown, _abortReason)) return Met.AbortReason;
        if (ReferenceEquals(thrown, _outputError)) return Met.OutputError;
        if (thrown is OperationCanceledException cancelled && cancelled.CancellationToken == _source.Token) return Met.TokenCancelled;
        if (thrown is ObjectDisposedException) return Met.Disposed;
        return thrown switch
        {
            TimeoutException => Met.Timeout,
            InvalidOperationException => Met.InvalidOperation,
            _ => throw new InvalidOperationException("This exception is nobody's.", thrown),
        };
    }
}
#endif
