using System.Net.Security;
using System.Security.Cryptography;

namespace StreamPipes.Tests.Tls;

/// <summary>A session that is in the middle of its own messages when it is to be half-closed, so many times.</summary>
internal sealed class BusySslStream(Stream carrier, int times) : SslStream(carrier)
{
    public int Shutdowns { get; private set; }

    public override Task ShutdownAsync() => ++Shutdowns <= times ? throw new CryptographicException("shutdown while in init") : base.ShutdownAsync();
}
