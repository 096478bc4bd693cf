#if !LIBRARY_NETSTANDARD
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Tests.Detach;

/// <summary>What a TLS server of another make wants to find on disk.</summary>
internal static class ServerFiles
{
    public const string Certificate = "server.pem";
    public const string Key = "server.key";

    public static void WriteCertificate(TemporaryFolder folder)
    {
        using ECDsa key = TestCertificates.Server.GetECDsaPrivateKey()!;
        folder.Write(Certificate, TestCertificates.Server.ExportCertificatePem());
        string keyFile = folder.Write(Key, key.ExportPkcs8PrivateKeyPem());

        // A server refuses a key that others may read.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Starts a server that logs to its standard error with both of its outputs joined.</summary>
    public static ExternalProcess Start(params string[] commandLine) => ExternalProcess.Start("sh", ["-c", "exec \"$0\" \"$@\" 2>&1", .. commandLine]);
}
#endif
