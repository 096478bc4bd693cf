namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>How a client leaves.</summary>
public enum Way
{
    /// <summary>FIN. Over TLS that is a cut wire.</summary>
    Close,

    /// <summary>RST.</summary>
    Reset,

    /// <summary>The end of what the client sends; it reads what still comes.</summary>
    HalfClose,

    /// <summary>close_notify, then FIN. Without TLS as <see cref="Close"/>.</summary>
    CloseNotify,

    /// <summary>Half a TLS record, then FIN. Without TLS as <see cref="Close"/>.</summary>
    CutRecord,

    /// <summary>A TLS record that cannot be decrypted, then FIN. Without TLS as <see cref="Reset"/>.</summary>
    BrokenRecord,
}
