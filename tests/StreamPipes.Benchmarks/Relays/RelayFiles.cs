using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>What relays read at their start: one certificate for all of them, and a configuration each. The folder goes with it.</summary>
internal sealed class RelayFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streampipes-relays-").FullName;

    public RelayFiles()
    {
        using ECDsa secret = LoopbackTls.Certificate.GetECDsaPrivateKey()!;
        string key = secret.ExportPkcs8PrivateKeyPem();
        string certificate = LoopbackTls.Certificate.ExportCertificatePem();
        Key = Write("relay.key", key);
        Certificate = Write("relay.crt", certificate);
        Both = Write("relay.pem", $"{certificate}\n{key}\n");
    }

    public string Certificate { get; }

    public string Key { get; }

    /// <summary>Certificate and key in one file.</summary>
    public string Both { get; }

    public string PathOf(string file) => Path.Combine(_folder, file);

    public string Write(string file, string text)
    {
        File.WriteAllText(PathOf(file), text);
        return PathOf(file);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
