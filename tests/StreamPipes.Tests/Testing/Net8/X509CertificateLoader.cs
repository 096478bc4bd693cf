#if !NET9_0_OR_GREATER
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Testing;

/// <summary>What .NET 9 brought, by way of the constructor that it replaces.</summary>
internal static class X509CertificateLoader
{
    public static X509Certificate2 LoadPkcs12(byte[] data, string? password, X509KeyStorageFlags keyStorageFlags = X509KeyStorageFlags.DefaultKeySet) => new(data, password, keyStorageFlags);
}
#endif
