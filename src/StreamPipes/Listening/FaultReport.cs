using System.Net;

namespace StreamPipes.Listening;

/// <summary>Tells the owner of a listener what has gone wrong with a client, if it wants to know.</summary>
internal sealed class FaultReport
{
    private readonly Action<EndPoint?, Exception>? _callback;

    public FaultReport(Action<EndPoint?, Exception>? callback) => _callback = callback;

    /// <param name="client">Whose connection it was; <see langword="null"/> if it was none's.</param>
    /// <param name="error">What went wrong.</param>
    public void Tell(EndPoint? client, Exception error)
    {
        try
        {
            _callback?.Invoke(client, error);
        }
        catch (Exception)
        {
            // A callback that fails has nothing to do with the other clients, and there is no caller above it to throw to.
        }
    }
}
