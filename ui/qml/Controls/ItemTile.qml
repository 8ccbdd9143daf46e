// One item: name, one line about it, its tags; greyed it says why.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: tile

    property string summary
    property string reason
    property string kindText
    property bool instant
    property bool deferrable
    property bool crossRegion
    property bool bundle
    readonly property bool off: reason !== ""

    implicitHeight: words.implicitHeight + Theme.px(44)
    focusPolicy: Qt.NoFocus
    Accessible.name: text
    Accessible.description: off ? reason : summary

    background: Card {
        raised: !tile.off
        colour: tile.off ? Theme.off : tile.down ? Theme.primaryPale : Theme.card
    }
    contentItem: Item {
        Column {
            id: words
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(8)

            Words {
                width: parent.width
                text: tile.text
                size: Theme.lead
                strong: true
                lineHeight: 1.05
                color: tile.off ? Theme.offInk : Theme.ink
            }
            Words {
                width: parent.width
                text: tile.off ? tile.reason : tile.summary
                size: Theme.caption
                lineHeight: 1.05
                color: tile.off ? Theme.bad : Theme.soft
            }
            Flow {
                width: parent.width
                spacing: Theme.px(10)

                Tag {
                    text: tile.kindText
                    colour: Theme.soft
                    pale: Theme.page
                }
                Tag {
                    visible: tile.instant
                    text: qsTr("秒批")
                    colour: Theme.good
                    pale: Theme.goodPale
                }
                Tag {
                    visible: tile.deferrable
                    text: qsTr("容缺")
                    colour: Theme.warn
                    pale: Theme.warnPale
                }
                Tag {
                    visible: tile.crossRegion
                    text: qsTr("跨域")
                }
                Tag {
                    visible: tile.bundle
                    text: qsTr("一件事")
                    colour: Theme.bad
                    pale: Theme.badPale
                }
            }
        }
    }
}
