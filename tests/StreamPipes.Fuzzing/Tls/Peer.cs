using System.Net.Security;
using System.Security.Authentication;
using StreamPipes.Tests.Testing;

namespace StreamPipes.Fuzzing.Tls;

/// <summary>An honest peer: a handshake, messages in records of several sizes, its close_notify. What it writes goes through the editor.</summary>
internal sealed class Peer(Stream far, TlsPlan plan) : TestStream
{
    private static readonly int[] Sizes = [16, 1, 100];

    private static readonly SslStreamCertificateContext Certificate = SslStreamCertificateContext.Create(TestCertificates.Server, null, offline: true);

    private readonly RecordEditor _editor = new(plan.Edits);

    public static byte[] Messages { get; } = [.. Enumerable.Range(0, Sizes.Sum()).Select(i => (byte)(i * 7))];

    /// <summary>Whether anything was done to what it has sent.</summary>
    public bool WasEdited => _editor.HasEdited;

    public static SslServerAuthenticationOptions ServerOptions(SslProtocols protocol) =>
        new() { ServerCertificateContext = Certificate, EnabledSslProtocols = protocol, AllowTlsResume = false };

    public static SslClientAuthenticationOptions ClientOptions(SslProtocols protocol) => new()
    {
        TargetHost = "localhost",
        EnabledSslProtocols = protocol,
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    };

    public async Task RunAsync()
    {
        await using SslStream tls = new(this);
        try
        {
            await (plan.IsClient ? tls.AuthenticateAsServerAsync(ServerOptions(plan.Protocol)) : tls.AuthenticateAsClientAsync(ClientOptions(plan.Protocol)));
            int sent = 0;
            foreach (int size in Sizes)
            {
                await tls.WriteAsync(Messages.AsMemory(sent, size));
                sent += size;
            }

            await tls.ShutdownAsync();
            await tls.CopyToAsync(Stream.Null);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or ObjectDisposedException or InvalidOperationException)
        {
            // Its session was broken, as it was meant to be.
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => far.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_editor.IsOver) return;
        byte[] edited = _editor.Edit(buffer.ToArray());
        if (edited.Length > 0) await far.WriteAsync(edited, cancellationToken);
        if (_editor.IsOver) await far.DisposeAsync();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => far.DisposeAsync();
}
