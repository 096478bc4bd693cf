using System.Runtime.CompilerServices;
using StreamPipes.Receiving;

namespace StreamPipes.Scheduling;

/// <summary>
/// Awaited by the receive pump, it runs the claimed reader before the next read is issued: in a dialogue nothing comes until the reader has answered,
/// and a read that finds nothing would only delay the answer.
/// </summary>
internal readonly struct ReaderFirst : ICriticalNotifyCompletion
{
    private readonly PumpSignal _wait;
    private readonly ConnectionReader _reader;

    public ReaderFirst(PumpSignal wait, ConnectionReader reader)
    {
        _wait = wait;
        _reader = reader;
    }

    public bool IsCompleted => false;

    public ReaderFirst GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing to hand over: that the reader has been run is the result.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => _wait.GoOnAfter(static reader => ((ConnectionReader)reader).RunHere(), _reader, continuation);
}
