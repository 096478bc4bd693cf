using System.IO.Pipes;

namespace StreamPipes.Listening;

/// <summary>The clients of a named pipe. One instance of it always waits, so a client that comes while another is accepted finds one.</summary>
internal sealed class NamedPipe : IDisposable
{
#if NET
    private const PipeOptions Options = PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly;
#else
    private const PipeOptions Options = PipeOptions.Asynchronous;
#endif

    private readonly string _name;
    private NamedPipeServerStream? _waiting;

    public NamedPipe(string name)
    {
        _name = name;
        _waiting = Open();
    }

    /// <summary>One at a time.</summary>
    public async ValueTask<Stream> AcceptAsync(CancellationToken cancellationToken)
    {
        NamedPipeServerStream pipe = Interlocked.Exchange(ref _waiting, null) ?? Open();
        try
        {
            await pipe.WaitForConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // One that a client has connected to and left again cannot wait a second time.
            pipe.Dispose();
            throw;
        }

        OpenNext();
        return pipe;
    }

    /// <summary>Once no accept is under way.</summary>
    public void Dispose() => Interlocked.Exchange(ref _waiting, null)?.Dispose();

    /// <summary>If it cannot be opened now, the client that has come is served all the same; the next accept tries again, and tells the error.</summary>
    private void OpenNext()
    {
        try
        {
            Volatile.Write(ref _waiting, Open());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next accept finds none.
        }
    }

    private NamedPipeServerStream Open() => new(_name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, Options);
}
