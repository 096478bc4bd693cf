using System.Buffers;
using System.Net;
using System.Security.Cryptography;

namespace SpoaAgent;

/// <summary>
/// Knows two messages: <c>check-ip</c> with an address <c>ip</c>, which sets the variable <c>ip_score</c>, and <c>scan-body</c> with a
/// <c>body</c>, which sets <c>body_size</c> and <c>body_sha256</c>. Others are passed over.
/// </summary>
internal sealed class DemoHandler(BlockList addresses) : IMessageHandler
{
    public ValueTask<ActionList> HandleAsync(MessageReader messages, CancellationToken cancellationToken)
    {
        ActionList actions = new();
        IPAddress? address = null;
        while (messages.TryRead())
        {
            bool isAddressCheck = messages.Name.Is("check-ip"u8);
            bool isScan = messages.Name.Is("scan-body"u8);
            while (messages.TryReadArgument(out ReadOnlySequence<byte> name, out SpopValue value))
            {
                if (isAddressCheck && name.Is("ip"u8) && value.IsAddress) address = value.ToAddress();
                else if (isScan && name.Is("body"u8)) Scan(value.Bytes, actions);
            }
        }

        // From here on the buffer is not needed, and the connection may be read on.
        return address is null ? new ValueTask<ActionList>(actions) : CheckAsync(address, actions, cancellationToken);
    }

    private async ValueTask<ActionList> CheckAsync(IPAddress address, ActionList actions, CancellationToken cancellationToken) =>
        actions.Set(VariableScope.Transaction, "ip_score", await addresses.ScoreAsync(address, cancellationToken));

    /// <summary>Goes over the body where it lies, fragment by fragment.</summary>
    private static void Scan(in ReadOnlySequence<byte> body, ActionList actions)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReadOnlyMemory<byte> piece in body) hash.AppendData(piece.Span);
        actions.Set(VariableScope.Transaction, "body_size", body.Length)
            .Set(VariableScope.Transaction, "body_sha256", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
