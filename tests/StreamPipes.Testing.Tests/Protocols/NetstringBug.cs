namespace StreamPipes.Testing.Tests.Protocols;

/// <summary>Mistakes that are planted in <see cref="Netstrings"/>, each of which passes on a fast loopback.</summary>
internal enum NetstringBug
{
    None,

    /// <summary>What has come of a message is taken for all of it.</summary>
    TakesAMessageForWhole,

    /// <summary>Of a long message that is not whole yet, the beginning is consumed.</summary>
    ConsumesPartOfAMessage,

    /// <summary>An end inside a message is taken for one between two.</summary>
    TakesTheEndAnywhere,
}
