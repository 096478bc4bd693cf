namespace SpoaAgent;

/// <summary>The type of a value, as the lower four bits of its first byte tell it.</summary>
internal enum SpopType
{
    Null = 0,
    Boolean = 1,
    Int32 = 2,
    UInt32 = 3,
    Int64 = 4,
    UInt64 = 5,
    IPv4 = 6,
    IPv6 = 7,
    String = 8,
    Binary = 9,
}
