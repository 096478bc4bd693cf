namespace StreamPipes.ProxyProtocol;

/// <summary>What a header says of the client. The values are those that version 2 sends.</summary>
internal enum ProxyFamily : byte
{
    /// <summary>Nothing: the client has no address, or none that the version can express.</summary>
    Unknown = 0x00,
    IPv4 = 0x11,
    IPv6 = 0x21,
    Unix = 0x31,

    /// <summary>There is no client: the connection is the proxy's own. Never sent as a family, but as a command.</summary>
    Local = 0xFF,
}
