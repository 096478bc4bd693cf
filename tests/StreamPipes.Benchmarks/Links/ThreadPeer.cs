using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Benchmarks.Links;

/// <summary>
/// A peer on a thread of its own with blocking calls: it takes nothing from the thread pool that the contenders share, and allocates nothing.
/// </summary>
internal sealed class ThreadPeer(Action<Stream> serve) : Peer
{
    public override void Start(Socket socket, bool tls) => new Thread(() => Serve(socket, tls)) { IsBackground = true, Name = "peer" }.Start();

    private void Serve(Socket socket, bool tls)
    {
        using Stream transport = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (!tls)
            {
                serve(transport);
                return;
            }

            using SslStream secured = new(transport);
            secured.AuthenticateAsServer(LoopbackTls.Server);
            serve(secured);
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // The contender's side has all measurements by now; how it hung up is not the subject.
        }
    }
}
