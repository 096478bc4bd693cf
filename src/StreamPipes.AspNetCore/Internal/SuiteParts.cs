using System.Net.Security;
using System.Security.Authentication;

namespace StreamPipes.AspNetCore.Internal;

#pragma warning disable SYSLIB0058 // Use NegotiatedCipherSuite
/// <summary>The parts of a cipher suite, one by one. They are obsolete: they cannot say what TLS 1.3 negotiates. The suite does.</summary>
internal readonly record struct SuiteParts(CipherAlgorithmType Cipher, int CipherStrength, HashAlgorithmType Hash, int HashStrength, ExchangeAlgorithmType KeyExchange, int KeyExchangeStrength)
{
    /// <param name="stream">An authenticated session that has not been disposed: afterwards it tells nothing any more.</param>
    public static SuiteParts Of(SslStream stream) =>
        new(stream.CipherAlgorithm, stream.CipherStrength, stream.HashAlgorithm, stream.HashStrength, stream.KeyExchangeAlgorithm, stream.KeyExchangeStrength);
}
#pragma warning restore SYSLIB0058
